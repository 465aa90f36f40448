import { Controller, Get, Req, UseGuards } from '@nestjs/common';
import type { Request } from 'express';
import { DelegatedAuthService, DfnsClient, DfnsUserGuard, DfnsUsername } from 'nestjs-dfns-auth';

/** What the browser gets of a credential. */
export interface CredentialView {
  kind: string;
  name: string;
  isActive: boolean;
  dateCreated: string;
}

@Controller('me')
@UseGuards(DfnsUserGuard)
export class MeController {
  constructor(
    private readonly delegatedAuth: DelegatedAuthService,
    private readonly dfns: DfnsClient,
  ) {}

  /** Who is logged in, and what they can sign with, read from Dfns with their token. */
  @Get()
  async me(
    @DfnsUsername() username: string,
    @Req() request: Request,
  ): Promise<{ email?: string; credentials: CredentialView[] }> {
    const { items } = await this.delegatedAuth.withToken(username, (userToken) =>
      this.dfns.request<{ items: CredentialView[] }>({
        method: 'GET',
        path: '/auth/credentials',
        caller: { userToken },
      }),
    );
    const credentials = items.map(({ kind, name, isActive, dateCreated }) => ({ kind, name, isActive, dateCreated }));
    return { email: request.session.email, credentials };
  }
}
