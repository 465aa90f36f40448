import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Accounts } from '../accounts/accounts.js';
import { DfnsConnection } from './dfns-connection.js';

export const DEMO_EMAIL = 'demo@example.test';
export const DEMO_PASSWORD = 'demo-password';

/** A demo account, and its Dfns user with a wallet. Only if Dfns is local. */
@Injectable()
export class DemoAccount implements OnModuleInit {
  constructor(
    private readonly accounts: Accounts,
    private readonly dfns: DfnsConnection,
  ) {}

  async onModuleInit(): Promise<void> {
    const { sandbox } = this.dfns;
    if (!sandbox) return;
    const { username } = await this.accounts.create(DEMO_EMAIL, DEMO_PASSWORD);
    sandbox.createUser({ username, wallets: [{ network: 'EthereumSepolia', name: 'Demo wallet' }] });
  }
}
