import { Body, Controller, Param, Post, UseGuards } from '@nestjs/common';
import {
  type Ceremony,
  DelegatedCeremonies,
  DfnsUserGuard,
  DfnsUsername,
  NewCredentialDto,
  type PublicCredentialChallenge,
  type PublicUserActionChallenge,
} from 'nestjs-dfns-auth';

/**
 * Adds a passkey: the browser makes it, the user approves it with an existing one, `POST /actions/:ceremonyId` adds it.
 */
@Controller('me/credentials')
@UseGuards(DfnsUserGuard)
export class CredentialsController {
  constructor(private readonly ceremonies: DelegatedCeremonies) {}

  @Post()
  begin(@DfnsUsername() username: string): Promise<Ceremony<PublicCredentialChallenge>> {
    return this.ceremonies.beginCredential(username, 'Fido2');
  }

  @Post(':ceremonyId')
  beginApproval(
    @DfnsUsername() username: string,
    @Param('ceremonyId') ceremonyId: string,
    @Body() credential: NewCredentialDto,
  ): Promise<Ceremony<PublicUserActionChallenge>> {
    return this.ceremonies.beginCredentialAction(username, ceremonyId, credential);
  }
}
