import { Controller, Get, UseGuards } from '@nestjs/common';
import { DfnsClient, DfnsUserGuard, DfnsUsername } from 'nestjs-dfns-auth';

/** The members of a wallet that the browser gets. */
export interface WalletView {
  id: string;
  network: string;
  name?: string;
  address?: string;
}

@Controller('wallets')
@UseGuards(DfnsUserGuard)
export class WalletsController {
  constructor(private readonly dfns: DfnsClient) {}

  /** The wallets of the user who is logged in, read from Dfns with the user's token. */
  @Get()
  async list(@DfnsUsername() username: string): Promise<WalletView[]> {
    const { items } = await this.dfns.request<{ items: WalletView[] }>({
      method: 'GET',
      path: '/wallets',
      caller: { username },
    });
    return items.map(({ id, network, name, address }) => ({ id, network, name, address }));
  }
}
