import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Member, useOrganisation } from './support/organisation.js';

/** Delegated means delegated: who may do what with a wallet and a key that belong to ada (dfns-api 15.3). */
const org = useOrganisation();
let ada: Member;
let callers: Record<string, Member>;
beforeAll(() => {
  ada = org.user('ada', 'EndUser');
  callers = {
    'a service account': org.account,
    'an employee': org.user('eve', 'CustomerEmployee'),
    'another end user': org.user('bob', 'EndUser'),
    'the end user': ada,
  };
});

const NATIVE = { kind: 'Native', to: `0x${'d'.repeat(40)}`, amount: '1' };
const HASH = { kind: 'Hash', hash: 'ab'.repeat(32) };
const CSR = { encryptionKey: 'k', supportedSchemes: [{ protocol: 'CGGMP24', curve: 'secp256k1' }] };

/** What everybody tries: the path with the ids, the body, and what the end user gets. */
const ACTIONS: [string, string, object | undefined, number][] = [
  ['POST', '/wallets/{wallet}/signatures', HASH, 200],
  ['POST', '/keys/{key}/signatures', HASH, 200],
  ['POST', '/wallets/{wallet}/transfers', NATIVE, 200],
  ['POST', '/wallets/{wallet}/transfers/{transfer}/speed-up', undefined, 200],
  ['POST', '/wallets/{wallet}/transfers/{transfer}/cancel', undefined, 200],
  ['PUT', '/wallets/{wallet}/transfers/{executing}/abort', undefined, 200],
  ['POST', '/wallets/{wallet}/transactions', { kind: 'Evm', to: NATIVE.to, value: '1' }, 200],
  ['POST', '/wallets/{wallet}/transactions/{transaction}/speed-up', undefined, 200],
  ['POST', '/wallets/{wallet}/transactions/{transaction}/cancel', undefined, 200],
  ['PUT', '/wallets/{wallet}/transactions/{executingTransaction}/abort', undefined, 200],
  ['PUT', '/wallets/{wallet}', { name: 'mine' }, 200],
  ['PUT', '/keys/{key}', { name: 'mine' }, 200],
  ['POST', '/wallets', { network: 'Polygon', signingKey: { id: '{key}' } }, 200],
  ['POST', '/wallets/{wallet}/export', CSR, 402],
  ['POST', '/keys/{key}/export', CSR, 402],
];
/** What staff may do with a wallet of the organisation, and nobody with a delegated one. */
const OF_STAFF: [string, string, object, number][] = [
  ['PUT', '/wallets/{wallet}/tags', { tags: ['x'] }, 403],
  ['DELETE', '/wallets/{wallet}/tags', { tags: ['x'] }, 403],
  ['POST', '/keys/{key}/delegate', { delegateTo: '{bob}' }, 412],
  ['POST', '/wallets/{wallet}/delegate', { userId: '{bob}' }, 412],
];

/** A fresh delegated wallet of ada, with requests in the states that cancel, speed-up and abort need. */
async function idsOfFreshWallet(): Promise<Record<string, string>> {
  const { id: walletId, signingKey } = org.sandbox.createWallet({ network: 'Ethereum', delegateTo: 'ada' });
  const transfers = await Promise.all([1, 2].map(() => ada.send('POST', `/wallets/${walletId}/transfers`, NATIVE)));
  const evm = { kind: 'Evm', to: NATIVE.to, value: '1' };
  const made = await Promise.all([1, 2].map(() => ada.send('POST', `/wallets/${walletId}/transactions`, evm)));
  org.now += 1_000;
  org.sandbox.transfers.broadcast(transfers[0]?.body.id);
  org.sandbox.transactions.broadcast(made[0]?.body.id);
  return {
    wallet: walletId,
    key: signingKey.id,
    transfer: transfers[0]?.body.id,
    executing: transfers[1]?.body.id,
    transaction: made[0]?.body.id,
    executingTransaction: made[1]?.body.id,
    bob: org.sandbox.user('bob')?.userId ?? '',
  };
}

const filled = (text: string, ids: Record<string, string>) => text.replace(/\{(\w+)\}/g, (_, name) => ids[name] ?? '');
const filledBody = (body: object | undefined, ids: Record<string, string>) =>
  body && JSON.parse(filled(JSON.stringify(body), ids));

/** One wallet for everybody who is refused, since a refused call changes nothing. */
let shared: ReturnType<typeof idsOfFreshWallet> | undefined;
const idsFor = (name: string) => {
  if (name === 'the end user') return idsOfFreshWallet();
  shared ??= idsOfFreshWallet();
  return shared;
};

describe.each(['a service account', 'an employee', 'another end user', 'the end user'])('%s', (name) => {
  it.each([...ACTIONS, ...OF_STAFF])('%s %s', async (method, template, body, status) => {
    const ids = await idsFor(name);
    const path = filled(template, ids);
    const caller = callers[name] as Member;
    const answer = await caller.send(method, path, filledBody(body, ids));
    const isOfStaff = OF_STAFF.some(([, one]) => one === template);
    if (name === 'the end user' && !isOfStaff) {
      expect(answer.status).toBe(status);
    } else if (name.endsWith('end user')) {
      // What is for staff only is refused before the wallet is looked up.
      expect(answer).toMatchObject(isOfStaff ? { status: 403 } : { status: 404, message: / not found$/ });
    } else if (status === 412) {
      expect(answer).toMatchObject({ status, message: 'The key is delegated already.' });
    } else {
      expect(answer).toMatchObject({
        status: 403,
        message: `CustomerEmployee ${caller.userId} is not authorized to perform operation (${path})`,
      });
    }
    const state = await ada.sdk.wallets.getWallet({ walletId: ids['wallet'] ?? '' });
    expect(state).toMatchObject({ signingKey: { delegatedTo: ada.userId }, custodial: false, tags: [] });
  });
});

describe('staff', () => {
  it('see delegated wallets, keys, transfers and balances', async () => {
    const ids = await idsOfFreshWallet();
    for (const name of ['a service account', 'an employee']) {
      const { sdk } = callers[name] as Member;
      const [walletId = '', keyId = '', transferId = ''] = [ids['wallet'], ids['key'], ids['transfer']];
      await expect(sdk.wallets.getWallet({ walletId })).resolves.toMatchObject({ custodial: false });
      await expect(sdk.keys.getKey({ keyId })).resolves.toMatchObject({ wallets: [{ id: walletId }] });
      await expect(sdk.wallets.getTransfer({ walletId, transferId })).resolves.toMatchObject({ id: transferId });
      await expect(sdk.wallets.getWalletAssets({ walletId })).resolves.toMatchObject({ walletId });
    }
  });

  it('may do all of it with a wallet of the organisation', async () => {
    const { id: walletId } = await org.account.sdk.wallets.createWallet({ body: { network: 'Ethereum' } });
    const eve = (callers['an employee'] as Member).sdk;
    const body = { kind: 'Native', to: NATIVE.to, amount: '1' } as const;
    await expect(eve.wallets.transferAsset({ walletId, body })).resolves.toMatchObject({ status: 'Pending' });
    await expect(eve.wallets.tagWallet({ walletId, body: { tags: ['hot'] } })).resolves.toEqual({});
  });

  it('lose a wallet with its delegation', async () => {
    const { sdk } = org.account;
    const { id: walletId, signingKey } = await sdk.wallets.createWallet({
      body: { network: 'Ethereum', delayDelegation: true },
    });
    const body = { kind: 'Hash', hash: HASH.hash } as const;
    await sdk.keys.generateSignature({ keyId: signingKey.id, body });
    await sdk.keys.delegateKey({ keyId: signingKey.id, body: { delegateTo: ada.userId } });
    await expect(sdk.keys.generateSignature({ keyId: signingKey.id, body })).rejects.toMatchObject({ httpStatus: 403 });
    await expect(ada.sdk.keys.generateSignature({ keyId: signingKey.id, body })).resolves.toMatchObject({
      status: 'Signed',
    });
    await expect(ada.sdk.wallets.getWallet({ walletId })).resolves.toMatchObject({ custodial: false });
  });
});

describe('the key of a new wallet', () => {
  it('decides who has the wallet, whatever the body says', async () => {
    const ids = await idsOfFreshWallet();
    const own = org.sandbox.createWallet({ network: 'Ethereum' });
    const refused = await org.account.send('POST', '/wallets', {
      network: 'Polygon',
      signingKey: { id: own.signingKey.id },
      delegateTo: ada.userId,
    });
    expect(refused).toMatchObject({ status: 400, message: expect.stringContaining('body.delegateTo') });
    const again = await ada.send('POST', '/wallets', { network: 'Polygon', signingKey: { id: ids['key'] } });
    expect(again.body).toMatchObject({ custodial: false, signingKey: { id: ids['key'], delegatedTo: ada.userId } });
  });

  it('needs Keys:Create if it is new, and Keys:Reuse if it is not', async () => {
    const carl = org.user('carl', 'EndUser', ['Wallets:Create']);
    const refused = await carl.send('POST', '/wallets', { network: 'Polygon' });
    expect(refused).toMatchObject({ status: 403, message: expect.stringContaining('(Keys:Create)') });
  });
});
