import { promisify } from 'node:util';
import { Body, Controller, Delete, Get, HttpCode, Post, Req, UnauthorizedException, UseGuards } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, PartialType } from '@nestjs/swagger';
import type { Request } from 'express';
import { DelegatedAuthService } from 'nestjs-dfns-auth';
import { Accounts } from '../accounts/accounts.js';
import { CredentialsDto } from '../accounts/credentials.dto.js';
import { LoginLimitGuard } from './login-limit.guard.js';
import { openSession } from './open-session.js';
import { sessionUsername } from './session-username.js';
import { SessionView } from './session-view.js';

/** Login to this application, and logout. */
@Controller('session')
export class SessionController {
  constructor(
    private readonly accounts: Accounts,
    private readonly delegatedAuth: DelegatedAuthService,
  ) {}

  @Post()
  @UseGuards(LoginLimitGuard)
  @HttpCode(200)
  @ApiOkResponse({ type: SessionView })
  async logIn(@Body() { email, password }: CredentialsDto, @Req() request: Request): Promise<SessionView> {
    const account = await this.accounts.authenticate(email, password);
    if (!account) throw new UnauthorizedException('The e-mail address or the password is wrong.');
    return openSession(request, account);
  }

  /** Who is logged in, if anybody. Dfns is not asked, so the page knows it also while Dfns is down. */
  @Get()
  @ApiOkResponse({ type: PartialType(SessionView) })
  current(@Req() request: Request): Partial<SessionView> {
    return { email: request.session.email };
  }

  @Delete()
  @HttpCode(204)
  @ApiNoContentResponse()
  async logOut(@Req() request: Request): Promise<void> {
    const username = sessionUsername(request);
    await promisify(request.session.destroy.bind(request.session))();
    if (username) await this.delegatedAuth.logout(username);
  }
}
