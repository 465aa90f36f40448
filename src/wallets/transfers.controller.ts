import { Body, Controller, Param, Post, UseGuards } from '@nestjs/common';
import { ApiCreatedResponse, ApiProperty } from '@nestjs/swagger';
import { BegunAction, DelegatedCeremonies, DfnsClient, DfnsUserGuard, DfnsUsername } from 'nestjs-dfns-auth';
import { TransferDto } from './transfer.dto.js';

class SignedRequest {
  @ApiProperty({ enum: ['POST'] })
  method!: 'POST';

  @ApiProperty({ example: '/wallets/wa-2m3n4-5p6q7-8r9s0t1u2v3w4x5y/transfers' })
  path!: string;

  @ApiProperty({ type: 'object', additionalProperties: true, example: { kind: 'Native', to: '0x00', amount: '1' } })
  body!: object;
}

/** What the user is asked to sign, and exactly the request that the signature is for. */
class WalletAction extends BegunAction {
  @ApiProperty({ type: SignedRequest })
  request!: SignedRequest;
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
  @ApiCreatedResponse({ type: WalletAction })
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
