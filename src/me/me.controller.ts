import { Controller, Get, Req, UseGuards } from '@nestjs/common';
import type { Request } from 'express';
import { DfnsCredentials, DfnsUserGuard, DfnsUsername } from 'nestjs-dfns-auth';

/** The members of a credential that the browser gets. */
export interface CredentialView {
  credentialId: string;
  kind: string;
  name: string;
  isActive: boolean;
  dateCreated: string;
  /** With it, the page verifies signatures itself. */
  publicKey: string;
}

@Controller('me')
@UseGuards(DfnsUserGuard)
export class MeController {
  constructor(private readonly credentials: DfnsCredentials) {}

  /** The user who is logged in, and the user's credentials, read from Dfns with the user's token. */
  @Get()
  async me(
    @DfnsUsername() username: string,
    @Req() request: Request,
  ): Promise<{ email?: string; credentials: CredentialView[] }> {
    const all = await this.credentials.list(username);
    const credentials = all.map(({ credentialId, kind, name, isActive, dateCreated, publicKey }) => ({
      credentialId,
      kind,
      name,
      isActive,
      dateCreated,
      publicKey,
    }));
    return { email: request.session.email, credentials };
  }
}
