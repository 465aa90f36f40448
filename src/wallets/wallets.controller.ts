import { Controller, Get, UseGuards } from '@nestjs/common';
import { DfnsClient, DfnsUserGuard, DfnsUsername, type Wallet } from 'nestjs-dfns-auth';

/** A wallet, as the browser gets it. Amounts are in the smallest unit. */
export interface WalletView {
  id: string;
  network: string;
  name?: string;
  address?: string;
  balance: { amount: string; symbol: string; decimals: number };
  /** Newest first. */
  transfers: { id: string; to: string; amount: string; status: string; reason?: string }[];
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
