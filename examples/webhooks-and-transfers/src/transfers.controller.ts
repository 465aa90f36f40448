import { BadRequestException, Body, Controller, Param, Post, UseGuards } from '@nestjs/common';
import { IsEthereumAddress, IsNumberString } from 'class-validator';
import { DelegatedCeremonies, DfnsUserGuard, DfnsUsername, UserActionAssertionDto } from 'nestjs-dfns-auth';
import { Ledger } from './ledger.js';

export class TransferDto {
  @IsEthereumAddress()
  to!: string;

  /** In wei. */
  @IsNumberString({ no_symbols: true })
  amount!: string;
}

@Controller()
@UseGuards(DfnsUserGuard)
export class TransfersController {
  constructor(
    private readonly ceremonies: DelegatedCeremonies,
    private readonly ledger: Ledger,
  ) {}

  /** The server decides about the wallet and the body; the browser gets a challenge to sign. */
  @Post('orders/:id/transfer')
  begin(@DfnsUsername() username: string, @Param('id') orderId: string, @Body() { to, amount }: TransferDto) {
    const walletId = this.ledger.wallets.get(username);
    if (walletId === undefined) throw new BadRequestException('You have no wallet yet');
    return this.ceremonies.beginAction(username, 'POST /wallets/{walletId}/transfers', {
      params: { walletId },
      body: { kind: 'Native', to, amount },
      externalId: orderId,
    });
  }

  @Post('transfers/:ceremonyId')
  finish(
    @DfnsUsername() username: string,
    @Param('ceremonyId') ceremonyId: string,
    @Body() assertion: UserActionAssertionDto,
  ) {
    return this.ceremonies.finishAction<{ id: string; status: string }>(username, ceremonyId, assertion);
  }
}
