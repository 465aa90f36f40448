import { Body, Controller, Param, Post, UseGuards } from '@nestjs/common';
import { ApiCreatedResponse } from '@nestjs/swagger';
import {
  BegunAction,
  BegunCredential,
  DelegatedCeremonies,
  DfnsUserGuard,
  DfnsUsername,
  NewCredentialDto,
} from 'nestjs-dfns-auth';

/**
 * Adds a passkey: the browser makes it, the user approves it with an existing one, `POST /actions/:ceremonyId` adds it.
 */
@Controller('me/credentials')
@UseGuards(DfnsUserGuard)
export class CredentialsController {
  constructor(private readonly ceremonies: DelegatedCeremonies) {}

  @Post()
  @ApiCreatedResponse({ type: BegunCredential })
  begin(@DfnsUsername() username: string): Promise<BegunCredential> {
    return this.ceremonies.beginCredential(username, 'Fido2');
  }

  @Post(':ceremonyId')
  @ApiCreatedResponse({ type: BegunAction })
  beginApproval(
    @DfnsUsername() username: string,
    @Param('ceremonyId') ceremonyId: string,
    @Body() credential: NewCredentialDto,
  ): Promise<BegunAction> {
    return this.ceremonies.beginCredentialAction(username, ceremonyId, credential);
  }
}
