import { Controller, Get, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiProperty, PickType } from '@nestjs/swagger';
import { DfnsClient, DfnsUserGuard, DfnsUsername, Wallet } from 'nestjs-dfns-auth';

class Balance {
  @ApiProperty({ example: '1000000000000000000' })
  amount!: string;

  @ApiProperty({ example: 'ETH' })
  symbol!: string;

  @ApiProperty({ type: 'integer', example: 18 })
  decimals!: number;
}

class TransferView {
  @ApiProperty({ example: 'xfr-2m3n4-5p6q7-8r9s0t1u2v3w4x5y' })
  id!: string;

  @ApiProperty({ example: '0x00e3495cf6af59008f22ffaf32d4c92ac33dac47' })
  to!: string;

  @ApiProperty({ example: '1000000000000000' })
  amount!: string;

  @ApiProperty({ example: 'Confirmed' })
  status!: string;

  @ApiProperty({ required: false, example: 'The balance is too small.' })
  reason?: string;
}

/** A wallet, as the browser gets it. Amounts are in the smallest unit. */
class WalletView extends PickType(Wallet, ['id', 'network', 'name', 'address'] as const) {
  @ApiProperty()
  balance!: Balance;

  /** Newest first. */
  @ApiProperty({ type: [TransferView] })
  transfers!: TransferView[];
}

interface Assets {
  assets: { kind: string; balance: string; symbol?: string; decimals: number }[];
}

interface Transfers {
  items: { id: string; status: string; reason?: string; requestBody: { to: string; amount: string } }[];
}

@Controller('wallets')
@UseGuards(DfnsUserGuard)
export class WalletsController {
  constructor(private readonly dfns: DfnsClient) {}

  /** The wallets of the user who is logged in, read from Dfns with the user's token. */
  @Get()
  @ApiOkResponse({ type: [WalletView] })
  async list(@DfnsUsername() username: string): Promise<WalletView[]> {
    const { items } = await this.#read<{ items: Wallet[] }>(username, '/wallets');
    return Promise.all(items.map((wallet) => this.#view(username, wallet)));
  }

  async #view(username: string, { id, network, name, address }: Wallet): Promise<WalletView> {
    const [{ assets }, { items }] = await Promise.all([
      this.#read<Assets>(username, `/wallets/${id}/assets`),
      this.#read<Transfers>(username, `/wallets/${id}/transfers`),
    ]);
    const native = assets.find(({ kind }) => kind === 'Native');
    return {
      id,
      network,
      name,
      address,
      balance: { amount: native?.balance ?? '0', symbol: native?.symbol ?? '', decimals: native?.decimals ?? 18 },
      transfers: items.map(({ id, status, reason, requestBody: { to, amount } }) => ({
        id,
        status,
        reason,
        to,
        amount,
      })),
    };
  }

  #read<T>(username: string, path: string): Promise<T> {
    return this.dfns.request<T>({ method: 'GET', path, caller: { username } });
  }
}
