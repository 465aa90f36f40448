import {
  Body,
  Controller,
  ForbiddenException,
  Get,
  HttpCode,
  NotFoundException,
  Post,
  Put,
  Query,
  Req,
  UseGuards,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { IsIn, IsString, Length } from 'class-validator';
import type { DfnsSandbox } from 'dfns-sandbox';
import type { Request } from 'express';
import { DfnsUserGuard, type KeyAssertion } from 'nestjs-dfns-auth';
import { DEMO_EMAIL, DEMO_PASSWORD, DemoAccount } from '../dfns/demo-account.js';
import { DfnsConnection } from '../dfns/dfns-connection.js';
import { DFNS_FAILURES } from './dfns-failures.js';
import { RequestTrace, type TracedRequest } from './request-trace.js';

const CONSOLE_TIMEOUT_MS = 500;

class FailureDto {
  @IsIn(Object.keys(DFNS_FAILURES))
  failure!: string;
}

class ChallengeDto {
  @IsString()
  @Length(1, 2_000)
  challenge!: string;
}

/** What the page needs to be a demonstration. With a real Dfns, there is nothing here. */
@ApiExcludeController()
@Controller('demonstration')
export class DemonstrationController {
  #failure = 'none';

  constructor(
    private readonly dfns: DfnsConnection,
    private readonly trace: RequestTrace,
    private readonly demo: DemoAccount,
  ) {}

  /** What the page may show. The link is that of the sandbox's console, if it has one. */
  @Get()
  async about(): Promise<object> {
    const { sandbox } = this.dfns;
    if (!sandbox) return { isOn: false };
    const account = { email: DEMO_EMAIL, password: DEMO_PASSWORD };
    const failures = Object.keys(DFNS_FAILURES);
    const { payee } = this.demo;
    return { isOn: true, account, payee, failures, failure: this.#failure, console: await consoleOf(sandbox) };
  }

  /** What happened for the requests of a tab. Only the tab knows its name. */
  @Get('requests')
  requests(@Query('tab') tab = '', @Query('after') after = '0'): TracedRequest[] {
    this.#sandbox();
    return this.trace.of(tab, Number(after));
  }

  /** Makes Dfns fail from now on, or not any more. */
  @Put('failure')
  @HttpCode(204)
  fail(@Body() { failure }: FailureDto): void {
    const { faults } = this.#sandbox();
    faults.clear();
    for (const fault of DFNS_FAILURES[failure] ?? []) faults.add(fault);
    this.#failure = failure;
  }

  /** Signs for the demo account, with the key that this server holds for it. Other accounts sign in their browser. */
  @Post('signatures')
  @UseGuards(DfnsUserGuard)
  async sign(@Body() { challenge }: ChallengeDto, @Req() request: Request): Promise<{ firstFactor: KeyAssertion }> {
    if (request.session.email !== DEMO_EMAIL) throw new ForbiddenException('Only the demo account signs here.');
    return { firstFactor: await this.demo.sign(challenge) };
  }

  #sandbox(): DfnsSandbox {
    const { sandbox } = this.dfns;
    if (!sandbox) throw new NotFoundException();
    return sandbox;
  }
}

async function consoleOf({ url }: DfnsSandbox): Promise<string | undefined> {
  const address = `${url}/_sandbox/`;
  const answer = await fetch(address, { signal: AbortSignal.timeout(CONSOLE_TIMEOUT_MS) }).catch(() => undefined);
  return answer?.ok ? address : undefined;
}
