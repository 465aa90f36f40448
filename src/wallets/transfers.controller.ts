import { Body, Controller, Param, Post, UseGuards } from '@nestjs/common';
import {
  type Ceremony,
  DelegatedCeremonies,
  DfnsClient,
  DfnsUserGuard,
  DfnsUsername,
  type PublicUserActionChallenge,
} from 'nestjs-dfns-auth';
import { TransferDto } from './transfer.dto.js';

/** What the user is asked to sign, and exactly the request that the signature is for. */
interface WalletAction extends Ceremony<PublicUserActionChallenge> {
  request: { method: 'POST'; path: string; body: object };
}

/** Transfers from a wallet. The user approves each one: `POST /actions/:ceremonyId` makes it. */
@Controller('wallets/:walletId/transfers')
@UseGuards(DfnsUserGuard)
export class TransfersController {
  constructor(
    private readonly ceremonies: DelegatedCeremonies,
    private readonly dfns: DfnsClient,
  ) {}

  @Post()
  async begin(
    @DfnsUsername() username: string,
    @Param('walletId') walletId: string,
    @Body() { to, amount, externalId }: TransferDto,
  ): Promise<WalletAction> {
    const wallet = `/wallets/${encodeURIComponent(walletId)}`;
    // Read as the user, so the wallet of somebody else ends here.
    await this.dfns.request({ method: 'GET', path: wallet, caller: { username } });
    const request = {
      method: 'POST' as const,
      path: `${wallet}/transfers`,
      body: { kind: 'Native', to, amount, externalId },
    };
    return { ...(await this.ceremonies.beginAction(username, request)), request };
  }
}
