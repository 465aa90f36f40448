import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Member, refusalOf, useOrganisation } from './support/organisation.js';

const org = useOrganisation();
let ada: Member;
let sdk: Member['sdk'];
beforeAll(() => {
  ada = org.user('ada', 'EndUser');
  sdk = org.account.sdk;
});
const newWallet = (body = {}) => sdk.wallets.createWallet({ body: { network: 'EthereumSepolia', ...body } });

describe('a wallet', () => {
  it('is renamed, and null clears a member', async () => {
    const { id: walletId } = await newWallet({ name: 'old', externalId: 'row-1' });
    const renamed = await sdk.wallets.updateWallet({ walletId, body: { name: 'new' } });
    expect(renamed).toMatchObject({ id: walletId, name: 'new', externalId: 'row-1' });
    const cleared = await sdk.wallets.updateWallet({ walletId, body: { name: null, externalId: null } });
    expect(cleared).not.toHaveProperty('name');
    await expect(sdk.wallets.getWallet({ walletId })).resolves.toEqual(cleared);
    const refused = await org.account.send('PUT', `/wallets/${walletId}`, { tags: [] });
    expect(refused).toMatchObject({ status: 400, message: expect.stringContaining('body.tags') });
  });

  it('gets and loses tags, and tells what changed', async () => {
    const { id: walletId } = await newWallet({ tags: ['a'] });
    await expect(sdk.wallets.tagWallet({ walletId, body: { tags: ['a', 'b', 'b'] } })).resolves.toEqual({});
    await expect(sdk.wallets.untagWallet({ walletId, body: { tags: ['a', 'z'] } })).resolves.toEqual({});
    await expect(sdk.wallets.getWallet({ walletId })).resolves.toMatchObject({ tags: ['b'] });
    expect(org.events).toMatchObject([
      { kind: 'wallet.tags.modified', data: { wallet: { tags: ['a', 'b'] }, tagsAdded: ['b'], tagsRemoved: [] } },
      { kind: 'wallet.tags.modified', data: { wallet: { tags: ['b'] }, tagsAdded: [], tagsRemoved: ['a'] } },
    ]);
  });

  it('has at most 10 tags', async () => {
    const { id: walletId } = await newWallet({ tags: ['1', '2', '3'] });
    const tags = ['4', '5', '6', '7', '8', '9', '10', '11'];
    expect(await refusalOf(sdk.wallets.tagWallet({ walletId, body: { tags } }))).toMatchObject({ status: 400 });
    await sdk.wallets.tagWallet({ walletId, body: { tags: tags.slice(1) } });
  });

  it.each([['Wallets:Tags:Add'], ['Wallets:Tags:Create']])('is tagged with the permission %s', async (permission) => {
    const account = org.user(`tagger ${permission}`, 'CustomerEmployee', [permission]);
    const { id } = await newWallet();
    expect(await account.send('PUT', `/wallets/${id}/tags`, { tags: ['x'] })).toMatchObject({ status: 200, body: {} });
    expect(await account.send('DELETE', `/wallets/${id}/tags`, { tags: ['x'] })).toMatchObject({ status: 403 });
  });
});

describe('delegation', () => {
  it.each(['key', 'wallet'])('by %s gives the key and all its wallets', async (by) => {
    const first = await newWallet({ delayDelegation: true });
    const keyId = first.signingKey.id;
    const second = await newWallet({ network: 'Polygon', signingKey: { id: keyId } });
    const answer =
      by === 'key'
        ? sdk.keys.delegateKey({ keyId, body: { delegateTo: ada.userId } })
        : sdk.wallets.delegateWallet({ walletId: first.id, body: { userId: ada.userId } });
    await expect(answer).resolves.toEqual(
      by === 'key' ? { keyId, status: 'Delegated' } : { walletId: first.id, status: 'Delegated' },
    );
    const custodial = { custodial: false, signingKey: { delegatedTo: ada.userId } };
    for (const { id: walletId } of [first, second]) {
      await expect(ada.sdk.wallets.getWallet({ walletId })).resolves.toMatchObject(custodial);
    }
    expect(org.events).toMatchObject([
      { kind: 'key.delegated', data: { key: { id: keyId, custodial: false } } },
      { kind: 'wallet.delegated', data: { wallet: { id: first.id, ...custodial } } },
      { kind: 'wallet.delegated', data: { wallet: { id: second.id, ...custodial } } },
    ]);
  });

  it('needs a key that was made for it, and an end user', async () => {
    const plain = (await newWallet()).signingKey.id;
    const ready = (await newWallet({ delayDelegation: true })).signingKey.id;
    const delegate = (keyId: string, delegateTo: string) =>
      refusalOf(sdk.keys.delegateKey({ keyId, body: { delegateTo } }));
    expect(await delegate(plain, ada.userId)).toMatchObject({
      status: 412,
      message: 'The key was not made with delayDelegation.',
    });
    expect(await delegate(ready, org.account.userId)).toMatchObject({ status: 400 });
    expect(await delegate('key-none', ada.userId)).toMatchObject({ status: 404 });
    expect(org.events).toEqual([]);
  });
});

describe('a key', () => {
  it('is made without a wallet, named, and used for wallets later', async () => {
    const body = { scheme: 'EdDSA', curve: 'ed25519', name: 'spare' } as const;
    const key = await sdk.keys.createKey({ body });
    expect(key).toMatchObject({ ...body, custodial: true, status: 'Active' });
    await sdk.keys.updateKey({ keyId: key.id, body: { name: 'used' } });
    const wallet = await newWallet({ network: 'SolanaDevnet', signingKey: { id: key.id } });
    await expect(sdk.keys.getKey({ keyId: key.id })).resolves.toMatchObject({
      name: 'used',
      wallets: [{ id: wallet.id, network: 'SolanaDevnet' }],
    });
  });

  it('of an end user is delegated at once', async () => {
    const key = await ada.sdk.keys.createKey({ body: { scheme: 'ECDSA', curve: 'secp256k1' } });
    expect(key.custodial).toBe(false);
  });

  it('has a curve of its scheme', async () => {
    const body = { scheme: 'EdDSA', curve: 'secp256k1' } as const;
    expect(await refusalOf(sdk.keys.createKey({ body }))).toMatchObject({ status: 400 });
  });

  it.each(['/wallets/import', '/keys/import'])('is not imported by %s', async (path) => {
    expect(await org.account.send('POST', path, {})).toMatchObject({ status: 402 });
  });
});
