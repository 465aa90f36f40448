import { Body, Controller, Post, Req } from '@nestjs/common';
import { ApiCreatedResponse } from '@nestjs/swagger';
import type { Request } from 'express';
import { openSession } from '../session/open-session.js';
import { SessionView } from '../session/session-view.js';
import { Accounts } from './accounts.js';
import { CredentialsDto } from './credentials.dto.js';

@Controller('accounts')
export class AccountsController {
  constructor(private readonly accounts: Accounts) {}

  /** Creates an account and logs in. */
  @Post()
  @ApiCreatedResponse({ type: SessionView })
  async create(@Body() { email, password }: CredentialsDto, @Req() request: Request): Promise<SessionView> {
    return openSession(request, await this.accounts.create(email, password));
  }
}
