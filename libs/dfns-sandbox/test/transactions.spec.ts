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
const newWallet = (network = 'Ethereum', delegateTo?: string) => org.sandbox.createWallet({ network, delegateTo }).id;
const evm = (more = {}) => ({ kind: 'Evm', to: TO, value: '1000', ...more }) as const;

describe('a transaction', () => {
  it.each([
    ['Ethereum', { kind: 'Transaction', transaction: '0x02f1' }],
    ['Ethereum', { kind: 'Transaction', transaction: { to: TO } }],
    ['Ethereum', { ...evm(), data: '0xabcd', nonce: 1, gasLimit: '21000' }],
    ['Ethereum', { kind: 'Eip1559', to: TO, value: '0x1', maxFeePerGas: '1', maxPriorityFeePerGas: '1', nonce: '2' }],
    ['Bitcoin', { kind: 'Psbt', psbt: '70736274' }],
    ['CosmosHub4', { kind: 'SignDocDirect', signDoc: '0a' }],
    ['Canton', { kind: 'FunctionCall', call: { a: 1 } }],
    ['Canton', { kind: 'TransferPreapproval' }],
    ['Solana', { kind: 'CreateSolanaNonceAccounts', count: 2, priority: 'Fast' }],
  ])('on %s from %j is confirmed, with its events', async (network, body) => {
    const walletId = newWallet(network, 'ada');
    const made = await ada.send('POST', `/wallets/${walletId}/transactions`, body);
    expect(made).toMatchObject({ status: 200, body: { id: expect.stringMatching(/^tx-/), requestBody: body } });
    expect(made.body).not.toHaveProperty('metadata');
    org.now += 5_000;
    const { items } = await ada.sdk.wallets.listTransactions({ walletId });
    expect(items).toMatchObject([{ id: made.body.id, status: 'Confirmed', txHash: expect.any(String) }]);
    expect(org.taken()).toEqual([
      'wallet.transaction.requested Pending',
      'wallet.transaction.broadcasted Broadcasted',
      'wallet.transaction.confirmed Confirmed',
    ]);
  });

  it.each([
    ['Bitcoin', evm(), /Evm is not one of Bitcoin/],
    ['Ethereum', { kind: 'Psbt', psbt: '00' }, /Psbt is not one of Ethereum/],
    ['Ethereum', evm({ to: 'X' }), /body\.to/],
    ['Ethereum', evm({ value: '1 ether' }), /body\.value/],
    ['Ethereum', evm({ gas: '1' }), /body\.gas is not a known member/],
    ['Ethereum', { kind: 'Transaction' }, /body\.transaction is required/],
    ['KeyECDSA', { kind: 'Transaction', transaction: '0x' }, /has no chain/],
  ])('on %s is not made from %j', async (network, body, message) => {
    const answer = await org.account.send('POST', `/wallets/${newWallet(network)}/transactions`, body);
    expect(answer).toMatchObject({ status: 400, message: expect.stringMatching(message) });
  });

  it('moves its value', async () => {
    const walletId = newWallet();
    const { id } = await sdk.wallets.broadcastTransaction({ walletId, body: evm() });
    org.sandbox.transactions.confirm(id);
    const { items } = await sdk.wallets.getWalletHistory({ walletId });
    expect(items).toMatchObject([{ kind: 'NativeTransfer', value: '1000', to: TO }]);
  });
});

describe('by hand', () => {
  it('a request passes the states on the way, and all answers are JSON', async () => {
    const walletId = newWallet();
    const { id } = await sdk.wallets.broadcastTransaction({ walletId, body: evm() });
    const confirmed = org.sandbox.transactions.confirm(id);
    expect(confirmed).toMatchObject({ id, status: 'Confirmed', dateBroadcasted: confirmed.dateConfirmed });
    expect(JSON.parse(JSON.stringify(org.sandbox.transactions.list()))).toEqual(org.sandbox.transactions.list());
    expect(org.sandbox.transactions.list()).toContainEqual(confirmed);
    for (const change of ['broadcast', 'confirm', 'fail', 'reject'] as const) {
      expect(() => org.sandbox.transactions[change](id)).toThrow(`${id} is Confirmed`);
    }
    expect(() => org.sandbox.transfers.confirm(id)).toThrow('transfer not found');
  });

  it('a request fails before or after its broadcast, and is rejected before it begins', async () => {
    const walletId = newWallet();
    const make = async () => (await sdk.wallets.broadcastTransaction({ walletId, body: evm() })).id;
    const [early, late, never] = [await make(), await make(), await make()];
    expect(org.sandbox.transactions.fail(early, 'no gas')).toMatchObject({ status: 'Failed', reason: 'no gas' });
    org.sandbox.transactions.broadcast(late);
    expect(org.sandbox.transactions.fail(late)).toMatchObject({ status: 'Failed', txHash: expect.any(String) });
    expect(org.sandbox.transactions.reject(never)).toMatchObject({ status: 'Rejected', reason: 'rejected by hand' });
    org.now += 60_000;
    expect(org.sandbox.transactions.list().filter(({ id }) => [early, late, never].includes(id))).toMatchObject([
      { status: 'Failed' },
      { status: 'Failed' },
      { status: 'Rejected' },
    ]);
    expect(org.taken().filter((event) => !event.includes('requested'))).toEqual([
      'wallet.transaction.failed Failed',
      'wallet.transaction.broadcasted Broadcasted',
      'wallet.transaction.failed Failed',
      'wallet.transaction.rejected Rejected',
    ]);
  });
});

describe('abort', () => {
  it('stops what is executing, and nothing else', async () => {
    const walletId = newWallet('Ethereum', 'ada');
    const body = { kind: 'Native', to: TO, amount: '1' } as const;
    const { id: transferId } = await ada.sdk.wallets.transferAsset({ walletId, body });
    expect(await refusalOf(ada.sdk.wallets.abortTransfer({ walletId, transferId }))).toMatchObject({ status: 422 });
    org.now += 1_000;
    await expect(ada.sdk.wallets.abortTransfer({ walletId, transferId })).resolves.toMatchObject({
      status: 'Failed',
      reason: 'aborted',
    });
    expect(await refusalOf(ada.sdk.wallets.abortTransfer({ walletId, transferId }))).toMatchObject({ status: 422 });
  });

  it('is not in the default role of end users', async () => {
    const created = org.sandbox.createUser({ username: 'default' });
    const walletId = newWallet('Ethereum', 'default');
    const { permissions = [] } = org.sandbox.user('default') ?? {};
    const user = org.user('like default', 'EndUser', [...permissions]);
    const answer = await user.send('PUT', `/wallets/${walletId}/transfers/xfr-1/abort`);
    expect(answer).toMatchObject({ status: 403, message: expect.stringContaining('(Wallets:Transfers:Abort)') });
    expect(created.userId).not.toBe(user.userId);
  });
});

/** A transfer in the mempool, of a wallet of the organisation. */
async function broadcasted(network = 'Ethereum') {
  const walletId = newWallet(network);
  const to = network === 'Ethereum' ? TO : 'bc1q';
  const { id: transferId } = await sdk.wallets.transferAsset({
    walletId,
    body: { kind: 'Native', to, amount: '1000' },
  });
  const { txHash } = org.sandbox.transfers.broadcast(transferId);
  const get = () => sdk.wallets.getTransfer({ walletId, transferId });
  return { walletId, transferId, txHash, get };
}

describe('cancel', () => {
  it('replaces a transfer by a transaction, which wins by the clock', async () => {
    const { walletId, transferId, txHash, get } = await broadcasted();
    const replacement = await sdk.wallets.cancelTransfer({ walletId, transferId });
    expect(replacement).toMatchObject({
      status: 'Broadcasted',
      requestBody: { kind: 'CancelTransaction', txHash, signedTx: expect.any(String) },
    });
    await expect(get()).resolves.toMatchObject({ status: 'Broadcasted', replacementId: replacement.id });
    org.now += 5_000;
    await expect(get()).resolves.toMatchObject({ status: 'Failed', reason: `${replacement.id} was confirmed instead` });
    expect((await sdk.wallets.getWalletHistory({ walletId })).items).toEqual([]);
    expect(org.sandbox.transactions.list().at(-1)).toMatchObject({ id: replacement.id, status: 'Confirmed' });
  });

  it('may lose the race', async () => {
    const { walletId, transferId } = await broadcasted();
    const { id: transactionId } = await sdk.wallets.cancelTransfer({ walletId, transferId });
    expect(org.sandbox.transfers.confirm(transferId)).toMatchObject({ status: 'Confirmed' });
    await expect(sdk.wallets.getTransaction({ walletId, transactionId })).resolves.toMatchObject({
      status: 'Failed',
      reason: `${transferId} was confirmed instead`,
    });
    expect((await sdk.wallets.getWalletHistory({ walletId })).items).toHaveLength(1);
  });

  it('is for EVM, for what is in the mempool or failed off the chain, and once', async () => {
    const bitcoin = await broadcasted('Bitcoin');
    expect(await refusalOf(sdk.wallets.cancelTransfer(bitcoin))).toMatchObject({ status: 400 });
    const walletId = newWallet();
    const make = async () => (await sdk.wallets.broadcastTransaction({ walletId, body: evm() })).id;
    const [transactionId, failed] = [await make(), await make()];
    expect(await refusalOf(sdk.wallets.cancelTransaction({ walletId, transactionId }))).toMatchObject({ status: 422 });
    org.sandbox.transactions.fail(failed);
    await sdk.wallets.cancelTransaction({ walletId, transactionId: failed });
    expect(await refusalOf(sdk.wallets.cancelTransaction({ walletId, transactionId: failed }))).toMatchObject({
      status: 422,
      message: expect.stringContaining('is replaced by tx-'),
    });
  });

  it('needs the permissions for transactions, and to read transfers', async () => {
    const { walletId, transferId } = await broadcasted();
    const eve = org.user('eve', 'CustomerEmployee', ['Wallets:Transfers:Create', 'Wallets:Transfers:Read']);
    expect(await refusalOf(eve.sdk.wallets.cancelTransfer({ walletId, transferId }))).toMatchObject({ status: 403 });
  });
});

describe('speed-up', () => {
  it.each(['Ethereum', 'Bitcoin'])('on %s moves the same for a higher fee', async (network) => {
    const { walletId, transferId, txHash, get } = await broadcasted(network);
    const { fee = '' } = await get();
    const replacement = await sdk.wallets.speedUpTransfer({ walletId, transferId });
    expect(replacement.requestBody).toMatchObject({ kind: 'SpeedUpTransaction', txHash });
    expect(BigInt(replacement.fee ?? 0) * 10n).toBe(BigInt(fee) * 11n);
    org.now += 5_000;
    await expect(get()).resolves.toMatchObject({ status: 'Failed', replacementId: replacement.id });
    const { items } = await sdk.wallets.getWalletHistory({ walletId });
    expect(items).toMatchObject([{ value: '1000', txHash: replacement.txHash }]);
  });

  it('is not for other chains, and not for other states', async () => {
    const walletId = newWallet('Solana');
    const body = { kind: 'Native', to: 'X', amount: '1' } as const;
    const { id: transferId } = await sdk.wallets.transferAsset({ walletId, body });
    org.sandbox.transfers.broadcast(transferId);
    expect(await refusalOf(sdk.wallets.speedUpTransfer({ walletId, transferId }))).toMatchObject({ status: 400 });
    const ethereum = await broadcasted();
    org.sandbox.transfers.confirm(ethereum.transferId);
    expect(await refusalOf(sdk.wallets.speedUpTransfer(ethereum))).toMatchObject({ status: 422 });
  });
});
