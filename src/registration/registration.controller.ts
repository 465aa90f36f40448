import { Body, Controller, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse } from '@nestjs/swagger';
import {
  BegunRegistration,
  DelegatedCeremonies,
  DfnsUserGuard,
  DfnsUsername,
  RegistrationCredentialsDto,
} from 'nestjs-dfns-auth';

const FIRST_WALLET = { network: 'EthereumSepolia', name: 'My wallet' };

/** Registers an account as a Dfns user, with a passkey and a wallet. */
@Controller('me/registration')
@UseGuards(DfnsUserGuard)
export class RegistrationController {
  constructor(private readonly ceremonies: DelegatedCeremonies) {}

  @Post()
  @ApiCreatedResponse({ type: BegunRegistration })
  begin(@DfnsUsername() username: string): Promise<BegunRegistration> {
    return this.ceremonies.beginRegistration(username, { wallets: [FIRST_WALLET] });
  }

  @Post(':ceremonyId')
  @HttpCode(204)
  @ApiNoContentResponse()
  async finish(
    @DfnsUsername() username: string,
    @Param('ceremonyId') ceremonyId: string,
    @Body() credentials: RegistrationCredentialsDto,
  ): Promise<void> {
    await this.ceremonies.finishRegistration(username, ceremonyId, credentials);
  }
}
