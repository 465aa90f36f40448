import { Controller, Get, Req, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiProperty, PartialType, PickType } from '@nestjs/swagger';
import type { Request } from 'express';
import { DfnsCredential, DfnsCredentials, DfnsUserGuard, DfnsUsername } from 'nestjs-dfns-auth';
import { SessionView } from '../session/session-view.js';

const SHOWN = ['credentialId', 'kind', 'name', 'isActive', 'dateCreated', 'publicKey'] as const;

/** The members of a credential that the browser gets. With the public key, the page verifies signatures itself. */
class CredentialView extends PickType(DfnsCredential, SHOWN) {}

class MeView extends PartialType(SessionView) {
  @ApiProperty({ type: [CredentialView] })
  credentials!: CredentialView[];
}

@Controller('me')
@UseGuards(DfnsUserGuard)
export class MeController {
  constructor(private readonly credentials: DfnsCredentials) {}

  /** The user who is logged in, and the user's credentials, read from Dfns with the user's token. */
  @Get()
  @ApiOkResponse({ type: MeView })
  async me(@DfnsUsername() username: string, @Req() request: Request): Promise<MeView> {
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
