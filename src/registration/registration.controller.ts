import { Body, Controller, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import {
  type Ceremony,
  DelegatedCeremonies,
  DfnsUserGuard,
  DfnsUsername,
  type PublicRegistrationChallenge,
  RegistrationCredentialsDto,
} from 'nestjs-dfns-auth';

const FIRST_WALLET = { network: 'EthereumSepolia', name: 'My wallet' };

/** Registers an account as a Dfns user, with a passkey and a wallet. */
@Controller('me/registration')
@UseGuards(DfnsUserGuard)
export class RegistrationController {
  constructor(private readonly ceremonies: DelegatedCeremonies) {}

  @Post()
  begin(@DfnsUsername() username: string): Promise<Ceremony<PublicRegistrationChallenge>> {
    return this.ceremonies.beginRegistration(username, { wallets: [FIRST_WALLET] });
  }

  @Post(':ceremonyId')
  @HttpCode(204)
  async finish(
    @DfnsUsername() username: string,
    @Param('ceremonyId') ceremonyId: string,
    @Body() credentials: RegistrationCredentialsDto,
  ): Promise<void> {
    await this.ceremonies.finishRegistration(username, ceremonyId, credentials);
  }
}
