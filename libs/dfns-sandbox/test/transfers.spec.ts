import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Member, refusalOf, useOrganisation } from './support/organisation.js';

const org = useOrganisation();
let ada: Member;
let sdk: Member['sdk'];
beforeAll(() => {
  ada = org.user('ada', 'EndUser');
  sdk = org.account.sdk;
});

const TO = `0x${'d'.repeat(40)}`;
const DEMO = '0x00000000000000000000000000000000000000d3';
const ETHER = 10n ** 18n;
const native = (more = {}) => ({ kind: 'Native', to: TO, amount: '1000', ...more }) as const;
const walletOn = async (network: string, delegateTo?: string) => org.sandbox.createWallet({ network, delegateTo }).id;
const balanceOf = async (walletId: string, kind = 'Native') =>
  (await sdk.wallets.getWalletAssets({ walletId })).assets.find((asset) => asset.kind === kind)?.balance;

describe('a transfer', () => {
  it('goes on by the clock, and tells about each state', async () => {
    const walletId = await walletOn('EthereumSepolia', 'ada');
    const requested = org.now;
    const made = await ada.sdk.wallets.transferAsset({ walletId, body: native({ externalId: 'order-1' }) });
    expect(made).toEqual({
      id: expect.stringMatching(/^xfr-/),
      walletId,
      network: 'EthereumSepolia',
      requester: { userId: ada.userId },
      requestBody: native({ externalId: 'order-1' }),
      metadata: { asset: { symbol: 'SepoliaETH', decimals: 18, verified: true } },
      status: 'Pending',
      dateRequested: new Date(requested).toISOString(),
      externalId: 'order-1',
    });
    const statusAt = async (ms: number) => {
      org.now = requested + ms;
      return (await ada.sdk.wallets.getTransfer({ walletId, transferId: made.id })).status;
    };
    expect([await statusAt(999), await statusAt(1_000), await statusAt(1_999)]).toEqual([
      'Pending',
      'Executing',
      'Executing',
    ]);
    expect([await statusAt(2_000), await statusAt(4_999), await statusAt(60_000)]).toEqual([
      'Broadcasted',
      'Broadcasted',
      'Confirmed',
    ]);
    await expect(ada.sdk.wallets.getTransfer({ walletId, transferId: made.id })).resolves.toEqual({
      ...made,
      status: 'Confirmed',
      txHash: expect.stringMatching(/^0x[0-9a-f]{64}$/),
      fee: expect.stringMatching(/^\d+$/),
      dateBroadcasted: new Date(requested + 2_000).toISOString(),
      dateConfirmed: new Date(requested + 5_000).toISOString(),
    });
    expect(org.taken()).toEqual([
      'wallet.transfer.requested Pending',
      'wallet.transfer.broadcasted Broadcasted',
      'wallet.transfer.confirmed Confirmed',
    ]);
  });

  it('names the token of a service account', async () => {
    const walletId = await walletOn('Ethereum');
    const { requester } = await sdk.wallets.transferAsset({ walletId, body: native() });
    expect(requester).toEqual({ userId: org.account.userId, tokenId: expect.stringMatching(/^to-/) });
  });

  it.each([
    ['Ethereum', { kind: 'Erc20', contract: DEMO, to: TO, amount: '5' }, 'Erc20Transfer'],
    ['Ethereum', { kind: 'Erc721', contract: DEMO, to: TO, tokenId: '1' }, 'Erc721Transfer'],
    ['Algorand', { kind: 'Asa', assetId: 'demo', to: 'X', amount: '5', memo: '' }, 'AsaTransfer'],
    ['Aptos', { kind: 'Aip21', metadata: 'demo', to: 'X', amount: '5' }, 'Aip21Transfer'],
    ['Canton', { kind: 'Cip56', instrumentAdmin: 'demo', instrumentId: 'demo', to: 'X', amount: '5' }, 'Cip56Transfer'],
    ['Cardano', { kind: 'Asset', assetId: 'demo', to: 'X', amount: '5' }, 'AssetTransfer'],
    ['Concordium', { kind: 'Cis2', tokenAddress: 'demo', to: 'X', amount: '5' }, 'Cis2Transfer'],
    ['Hedera', { kind: 'Hts', tokenId: '1', to: 'X', amount: '5' }, 'HtsTransfer'],
    ['Hedera', { kind: 'Hip17', tokenId: '1', serialNumber: '1', to: 'X' }, 'Hip17Transfer'],
    ['Iota', { kind: 'Coin', coin: 'demo', to: 'X', amount: '5' }, 'CoinTransfer'],
    [
      'SolanaDevnet',
      { kind: 'Spl', mint: 'demo', to: 'X', amount: '5', createDestinationAccount: true },
      'SplTransfer',
    ],
    ['Stellar', { kind: 'Sep41', issuer: 'demo', assetCode: 'DEMO', to: 'X', amount: '5' }, 'Sep41Transfer'],
    ['Ton', { kind: 'Tep74', master: 'demo', to: 'X', amount: '5' }, 'Tep74Transfer'],
    ['Tron', { kind: 'Trc20', contract: DEMO, to: 'X', amount: '5' }, 'Trc20Transfer'],
    ['Tron', { kind: 'Trc721', contract: DEMO, to: 'X', tokenId: '1' }, 'Trc721Transfer'],
    ['XrpLedger', { kind: 'Iou', currency: 'DEM', issuer: 'demo', to: 'X', amount: '5' }, 'IouTransfer'],
    ['Bitcoin', { kind: 'Native', to: 'bc1q', amount: '5' }, 'UtxoTransfer'],
  ])('on %s of %j is confirmed as %s', async (network, body, kind) => {
    const walletId = await walletOn(network);
    const made = await org.account.send('POST', `/wallets/${walletId}/transfers`, body);
    expect(org.sandbox.transfers.confirm(made.body.id)).toMatchObject({ status: 'Confirmed' });
    const { items } = await sdk.wallets.getWalletHistory({ walletId });
    const {
      kind: _,
      to: __,
      amount,
      metadata,
      memo: ___,
      createDestinationAccount: ____,
      ...identity
    } = body as Record<string, string>;
    expect(items).toMatchObject([
      {
        kind,
        direction: 'Out',
        ...identity,
        ...(amount && { value: amount }),
        ...(metadata && { metadataAddress: metadata }),
      },
    ]);
  });

  it.each([
    ['Ethereum', { kind: 'Native', to: 'bc1q', amount: '1' }, /body\.to is not an address of Ethereum/],
    ['Ethereum', { kind: 'Native', to: TO, amount: '1.5' }, /body\.amount/],
    ['Ethereum', { kind: 'Native', to: TO, amount: 1 }, /body\.amount/],
    ['Ethereum', { kind: 'Native', to: TO }, /body\.amount is required/],
    ['Ethereum', { kind: 'Native', amount: '1' }, /body\.to is required/],
    ['Ethereum', { ...native(), memo: 'two words' }, /body\.memo/],
    ['Ethereum', { ...native(), memo: 'x'.repeat(65) }, /body\.memo/],
    ['Ethereum', { ...native(), priority: 'Now' }, /body\.priority/],
    ['Ethereum', { ...native(), network: 'Ethereum' }, /body\.network is not a known member/],
    ['Ethereum', { ...native(), externalId: 'x'.repeat(51) }, /body\.externalId/],
    ['Ethereum', { ...native(), externalId: '' }, /body\.externalId/],
    ['Ethereum', { kind: 'Erc20', contract: 'DEMO', to: TO, amount: '1' }, /body\.contract/],
    ['Ethereum', { kind: 'Erc721', contract: DEMO, to: TO, tokenId: '1', amount: '1' }, /body\.amount is not a known/],
    ['Ethereum', { kind: 'Spl', mint: 'demo', to: 'X', amount: '1' }, /Spl is not one of Ethereum/],
    ['KeyECDSA', native(), /has no chain/],
    ['Ethereum', { kind: 'Telepathy', to: TO }, /body\.kind must be one of Native/],
    ['Ethereum', { ...native(), travelRule: { kind: 'Notabene' } }, /travelRule\.originator is required/],
  ])('on %s is not made from %j', async (network, body, message) => {
    const path = `/wallets/${await walletOn(network)}/transfers`;
    expect(await org.account.send('POST', path, body)).toMatchObject({
      status: 400,
      message: expect.stringMatching(message),
    });
  });

  it('needs the permission for a fee sponsor, and a fee sponsor that exists', async () => {
    const walletId = await walletOn('Ethereum');
    const eve = org.user('eve without sponsors', 'CustomerEmployee', ['Wallets:Transfers:Create']);
    const body = native({ feeSponsorId: 'fs-1' });
    expect(await refusalOf(eve.sdk.wallets.transferAsset({ walletId, body }))).toMatchObject({
      status: 403,
      message: expect.stringContaining('(FeeSponsors:Use)'),
    });
    expect(await refusalOf(sdk.wallets.transferAsset({ walletId, body }))).toMatchObject({
      status: 404,
      message: 'fee sponsor not found',
    });
  });

  it('is found only by its wallet', async () => {
    const [walletId, other] = [await walletOn('Ethereum'), await walletOn('Ethereum')];
    const { id: transferId } = await sdk.wallets.transferAsset({ walletId, body: native() });
    expect(await refusalOf(sdk.wallets.getTransfer({ walletId: other, transferId }))).toMatchObject({
      status: 404,
      message: 'transfer not found',
    });
  });

  it('is listed with the newest first, up to 500 on a page', async () => {
    const walletId = await walletOn('Ethereum');
    const ids: string[] = [];
    for (const amount of ['1', '2', '3'])
      ids.unshift((await sdk.wallets.transferAsset({ walletId, body: native({ amount }) })).id);
    const first = await sdk.wallets.listTransfers({ walletId, query: { limit: 2 } });
    await sdk.wallets.transferAsset({ walletId, body: native({ amount: '4' }) });
    const paginationToken = first.nextPageToken;
    const second = await sdk.wallets.listTransfers({ walletId, query: { limit: 2, paginationToken } });
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids);
    expect(second.nextPageToken).toBeUndefined();
    await sdk.wallets.listTransfers({ walletId, query: { limit: 500 } });
    expect(await refusalOf(sdk.wallets.listTransfers({ walletId, query: { limit: 501 } }))).toMatchObject({
      status: 400,
    });
  });
});

describe('balances', () => {
  it('are for demonstration at first, with their worth on request', async () => {
    const walletId = await walletOn('Ethereum');
    await expect(sdk.wallets.getWalletAssets({ walletId })).resolves.toEqual({
      walletId,
      network: 'Ethereum',
      assets: [
        { kind: 'Native', symbol: 'ETH', decimals: 18, verified: true, balance: String(10n * ETHER) },
        { kind: 'Erc20', contract: DEMO, symbol: 'DEMO', decimals: 6, verified: true, balance: '1000000000' },
      ],
    });
    const { assets, netWorth } = await sdk.wallets.getWalletAssets({ walletId, query: { netWorth: 'true' } });
    expect([netWorth, assets[0]?.quotes]).toEqual([{ USD: 2_000 }, { USD: 100 }]);
    await expect(sdk.wallets.getWalletNfts({ walletId })).resolves.toEqual({
      walletId,
      network: 'Ethereum',
      nfts: [{ kind: 'Erc721', contract: DEMO, tokenId: '1', symbol: 'DEMONFT' }],
    });
  });

  it('change when a transfer is confirmed, also for a receiver in the sandbox', async () => {
    const [from, to] = ['Polygon', 'Polygon'].map((network) => org.sandbox.createWallet({ network }));
    const [walletId, receiver] = [from?.id ?? '', to?.id ?? ''];
    const amount = String(3n * ETHER);
    const { id } = await sdk.wallets.transferAsset({ walletId, body: native({ to: to?.address, amount }) });
    org.sandbox.transfers.broadcast(id);
    expect(await balanceOf(walletId)).toBe(String(10n * ETHER));
    const { fee = '', txHash } = org.sandbox.transfers.confirm(id);
    expect(await balanceOf(walletId)).toBe(String(7n * ETHER - BigInt(fee)));
    expect(await balanceOf(receiver)).toBe(String(13n * ETHER));
    const common = {
      kind: 'NativeTransfer',
      from: from?.address,
      to: to?.address,
      value: amount,
      txHash,
      symbol: 'POL',
    };
    for (const [wallet, direction] of [
      [walletId, 'Out'],
      [receiver, 'In'],
    ] as const) {
      const query = { direction } as const;
      const { items } = await sdk.wallets.getWalletHistory({ walletId: wallet, query });
      expect(items).toMatchObject([{ ...common, direction, walletId: wallet, blockNumber: expect.any(Number) }]);
    }
    const none = await sdk.wallets.getWalletHistory({ walletId, query: { kind: 'Erc20Transfer' } });
    expect(none.items).toEqual([]);
    const all = await sdk.wallets.listOrgWalletHistory({
      query: { startTime: new Date(org.now).toISOString(), endTime: new Date(org.now).toISOString() },
    });
    expect(all).toMatchObject({ orgId: org.sandbox.orgId });
    expect((all as { items: object[] }).items).toContainEqual(
      expect.objectContaining({ walletId, direction: 'Out', amount, from: from?.address, txHash }),
    );
    expect(
      await refusalOf(ada.sdk.wallets.listOrgWalletHistory({ query: { startTime: '', endTime: '' } })),
    ).toMatchObject({ status: 403 });
  });

  it('that are too low make a transfer fail off the chain', async () => {
    const walletId = await walletOn('Ethereum', 'ada');
    const body = native({ amount: String(10n * ETHER) });
    const made = await ada.sdk.wallets.transferAsset({ walletId, body });
    expect(made.status).toBe('Pending');
    org.now += 60_000;
    const failed = await ada.sdk.wallets.getTransfer({ walletId, transferId: made.id });
    expect(failed).toMatchObject({ status: 'Failed', reason: 'insufficient balance: Native' });
    expect(failed).not.toHaveProperty('txHash');
    expect(org.taken()).toEqual(['wallet.transfer.requested Pending', 'wallet.transfer.failed Failed']);
    expect(await balanceOf(walletId)).toBe(String(10n * ETHER));
  });

  it('cannot be spent twice by transfers under way', async () => {
    const walletId = await walletOn('Ethereum');
    const body = native({ amount: String(6n * ETHER) });
    const made = [
      await sdk.wallets.transferAsset({ walletId, body }),
      await sdk.wallets.transferAsset({ walletId, body }),
    ];
    org.now += 60_000;
    const statuses = await Promise.all(
      made.map(async ({ id: transferId }) => (await sdk.wallets.getTransfer({ walletId, transferId })).status),
    );
    expect(statuses.sort()).toEqual(['Confirmed', 'Failed']);
  });
});

describe('externalId', () => {
  it('gives the first transfer again, in its present state, in any order of members', async () => {
    const walletId = await walletOn('Ethereum', 'ada');
    const path = `/wallets/${walletId}/transfers`;
    const first = await ada.send('POST', path, { kind: 'Native', to: TO, amount: '1', externalId: 'e1' });
    org.now += 60_000;
    const again = await ada.send('POST', path, { externalId: 'e1', amount: '1', to: TO, kind: 'Native' });
    expect(again).toMatchObject({ status: 200, body: { id: first.body.id, status: 'Confirmed' } });
    expect((await ada.sdk.wallets.listTransfers({ walletId })).items).toHaveLength(1);
    expect(org.taken().filter((event) => event.startsWith('wallet.transfer.requested'))).toHaveLength(1);
  });

  it('is bound for ever, also to a transfer that failed', async () => {
    const walletId = await walletOn('Ethereum');
    const body = native({ externalId: 'e2' });
    const { id } = await sdk.wallets.transferAsset({ walletId, body });
    org.sandbox.transfers.fail(id, 'gas');
    await expect(sdk.wallets.transferAsset({ walletId, body })).resolves.toMatchObject({
      id,
      status: 'Failed',
      reason: 'gas',
    });
  });

  it('conflicts with another body and with another wallet', async () => {
    const [walletId, other] = [await walletOn('Ethereum'), await walletOn('Ethereum')];
    const { id } = await sdk.wallets.transferAsset({ walletId, body: native({ externalId: 'e3' }) });
    const conflict = {
      status: 409,
      message: 'Conflicting transfer with same externalId',
      details: { duplicate: { id, externalId: 'e3' } },
    };
    const another = native({ externalId: 'e3', amount: '2' });
    expect(await refusalOf(sdk.wallets.transferAsset({ walletId, body: another }))).toEqual(conflict);
    const same = native({ externalId: 'e3' });
    expect(await refusalOf(sdk.wallets.transferAsset({ walletId: other, body: same }))).toEqual(conflict);
  });

  it('does not tell an end user about transfers of others', async () => {
    await sdk.wallets.transferAsset({ walletId: await walletOn('Ethereum'), body: native({ externalId: 'e4' }) });
    const walletId = await walletOn('Ethereum', 'ada');
    const refusal = await refusalOf(ada.sdk.wallets.transferAsset({ walletId, body: native({ externalId: 'e4' }) }));
    expect(refusal).toMatchObject({ status: 409, details: { duplicate: { externalId: 'e4' } } });
    expect(JSON.stringify(refusal)).not.toContain('xfr-');
  });

  it('is shared by a transfer and a transaction without a conflict', async () => {
    const walletId = await walletOn('Ethereum');
    await sdk.wallets.transferAsset({ walletId, body: native({ externalId: 'e5' }) });
    const body = { kind: 'Evm', to: TO, value: '1', externalId: 'e5' } as const;
    const { id } = await sdk.wallets.broadcastTransaction({ walletId, body });
    await expect(sdk.wallets.broadcastTransaction({ walletId, body })).resolves.toMatchObject({ id });
    expect(
      await refusalOf(sdk.wallets.broadcastTransaction({ walletId, body: { ...body, value: '2' } })),
    ).toMatchObject({
      status: 409,
      message: 'Conflicting transaction with same externalId',
    });
  });
});
