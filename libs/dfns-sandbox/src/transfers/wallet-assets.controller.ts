import { Controller, Get, Param, Query } from '@nestjs/common';
import { Access, type AccessRule } from '../access/access-rule.js';
import { type Caller, CurrentCaller } from '../access/caller.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { bodyInvalid } from '../errors/refusals.js';
import { newestPage, type PageQuery } from '../server/page.js';
import { WalletStore } from '../wallets/wallet-store.js';
import { History, orgHistoryItem } from './history.js';
import { type Holding, Holdings, usdOf } from './holdings.js';
import { UNIQUE } from './transfer-body.js';

const SIZES = { max: 500 };
const callers: AccessRule['callers'] = ['CustomerEmployee', 'EndUser', 'ServiceAccount'];

/** What wallets have, and what moved (dfns-api 16.13). */
@Controller('wallets')
export class WalletAssetsController {
  constructor(
    private readonly config: SandboxConfig,
    private readonly wallets: WalletStore,
    private readonly holdings: Holdings,
    private readonly history: History,
  ) {}

  @Get('all/history')
  @Access({ callers: ['CustomerEmployee', 'ServiceAccount'], operation: 'readWallets' })
  orgHistory(@Query() query: PageQuery & { startTime?: string; endTime?: string }) {
    const [start, end] = [Date.parse(query.startTime ?? ''), Date.parse(query.endTime ?? '')];
    if (Number.isNaN(start) || Number.isNaN(end)) throw bodyInvalid(['startTime and endTime must be dates']);
    const within = this.history.all().filter(({ timestamp }) => {
      const time = Date.parse(timestamp);
      return time >= start && time <= end;
    });
    const { items, nextPageToken } = newestPage(within, query, SIZES);
    return { orgId: this.config.orgId, items: items.map(orgHistoryItem), nextPageToken };
  }

  @Get(':walletId/assets')
  @Access({ callers, operation: 'readWallets' })
  assets(
    @CurrentCaller() { user }: Caller,
    @Param('walletId') walletId: string,
    @Query() { netWorth }: { netWorth?: string },
  ) {
    const wallet = this.wallets.get(walletId, user);
    const shown = this.holdings.of(wallet).filter(({ asset }) => !UNIQUE.includes(asset.kind));
    const total = shown.reduce((sum, holding) => sum + (usdOf(holding, holding.balance) ?? 0), 0);
    return {
      walletId,
      network: wallet.network,
      assets: shown.map((holding) => assetAnswer(holding, netWorth === 'true')),
      ...(netWorth === 'true' && { netWorth: { USD: total } }),
    };
  }

  @Get(':walletId/nfts')
  @Access({ callers, operation: 'readWallets' })
  nfts(@CurrentCaller() { user }: Caller, @Param('walletId') walletId: string) {
    const wallet = this.wallets.get(walletId, user);
    const nfts = this.holdings.of(wallet).filter(({ asset }) => UNIQUE.includes(asset.kind));
    return { walletId, network: wallet.network, nfts: nfts.map(({ asset, symbol }) => ({ ...asset, symbol })) };
  }

  @Get(':walletId/history')
  @Access({ callers, operation: 'readWallets' })
  walletHistory(
    @CurrentCaller() { user }: Caller,
    @Param('walletId') walletId: string,
    @Query() query: PageQuery & { direction?: string; kind?: string; contract?: string },
  ) {
    const wallet = this.wallets.get(walletId, user);
    const shown = this.history.of(wallet).filter((item) => {
      return (['direction', 'kind', 'contract'] as const).every((name) => item[name] === (query[name] ?? item[name]));
    });
    return { walletId, network: wallet.network, ...newestPage(shown, query, SIZES) };
  }
}

function assetAnswer(holding: Holding, isPriced: boolean) {
  const { asset, symbol, decimals, balance } = holding;
  const price = usdOf(holding, 10n ** BigInt(decimals));
  const quotes = isPriced && price !== undefined ? { quotes: { USD: price } } : {};
  return { ...asset, symbol, decimals, verified: true, balance: String(balance), ...quotes };
}
