import { Body, Controller, Param, Post, UseGuards } from '@nestjs/common';
import {
  type Ceremony,
  DelegatedCeremonies,
  DfnsClient,
  DfnsUserGuard,
  DfnsUsername,
  type PublicUserActionChallenge,
} from 'nestjs-dfns-auth';
import { MessageDto } from './message.dto.js';

/** What the user is asked to sign, and exactly the request that the signature is for. */
interface WalletAction extends Ceremony<PublicUserActionChallenge> {
  request: { method: 'POST'; path: string; body: object };
}

/** Signatures of a wallet. The user approves each one: `POST /actions/:ceremonyId` makes it. */
@Controller('wallets/:walletId/signatures')
@UseGuards(DfnsUserGuard)
export class SignaturesController {
  constructor(
    private readonly ceremonies: DelegatedCeremonies,
    private readonly dfns: DfnsClient,
  ) {}

  @Post()
  async begin(
    @DfnsUsername() username: string,
    @Param('walletId') walletId: string,
    @Body() { message }: MessageDto,
  ): Promise<WalletAction> {
    const { signingKey } = await this.dfns.request<{ signingKey: { id: string } }>({
      method: 'GET',
      path: `/wallets/${encodeURIComponent(walletId)}`,
      caller: { username },
    });
    const request = {
      method: 'POST' as const,
      path: `/keys/${signingKey.id}/signatures`,
      body: { kind: 'Eip191', blockchainKind: 'Evm', message: `0x${Buffer.from(message).toString('hex')}` },
    };
    return { ...(await this.ceremonies.beginAction(username, request)), request };
  }
}
