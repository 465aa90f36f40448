import { createHash, createPublicKey, verify } from 'node:crypto';
import { DfnsApiClient } from '@dfns/sdk';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { CreatedServiceAccount, CreatedUser } from 'dfns-sandbox';
import { useSandbox } from './support/checked-sandbox.js';
import { signedCall, signingClient } from './support/clients.js';

const dfns = useSandbox();
let account: CreatedServiceAccount;
let backend: DfnsApiClient;
let ada: CreatedUser;
let asAda: DfnsApiClient;
beforeAll(() => {
  account = dfns.sandbox.createServiceAccount();
  backend = signingClient(dfns, account);
  ada = dfns.sandbox.createUser({ username: 'ada', wallets: [{ network: 'SolanaDevnet', name: 'savings' }] });
  const { privateKey, credId = '' } = ada;
  asAda = signingClient(dfns, { authToken: dfns.sandbox.issueUserToken('ada'), credId, privateKey });
});

/** Checks a signature over `data` with the public key of the wallet. */
function isGenuine(publicKey: string, data: Buffer, { r, s }: { r: string; s: string }): boolean {
  const [prefix, digest] = publicKey.length === 64 ? ['302a300506032b6570032100', null] : [COMPRESSED, 'sha256'];
  const key = createPublicKey({ key: Buffer.from(prefix + publicKey, 'hex'), type: 'spki', format: 'der' });
  const signature = Buffer.from(`${r}${s}`.replaceAll('0x', ''), 'hex');
  return verify(digest, data, { key, dsaEncoding: 'ieee-p1363' }, signature);
}
const COMPRESSED = '3036301006072a8648ce3d020106052b8104000a032200';
const sha256 = (data: Buffer) => createHash('sha256').update(data).digest('hex');

describe('wallets', () => {
  it('are created by a back end for itself or for an end user', async () => {
    const own = await backend.wallets.createWallet({ body: { network: 'Ethereum', name: 'treasury', tags: ['hot'] } });
    expect(own).toMatchObject({
      custodial: true,
      name: 'treasury',
      tags: ['hot'],
      address: expect.stringMatching(/^0x/),
    });
    const body = { network: 'Ethereum', delegateTo: ada.userId } as const;
    const hers = await backend.wallets.createWallet({ body });
    expect(hers).toMatchObject({ custodial: false, signingKey: { delegatedTo: ada.userId } });
    await expect(asAda.wallets.getWallet({ walletId: hers.id })).resolves.toEqual(hers);
    await expect(asAda.wallets.getWallet({ walletId: own.id })).rejects.toMatchObject({
      httpStatus: 404,
      message: 'wallet not found',
      context: { body: { error: { details: { walletId: own.id, orgId: dfns.sandbox.orgId } } } },
    });
  });

  it('are listed for their end user only, and for a back end by owner', async () => {
    const bobs = dfns.sandbox.createWallet({
      network: 'Polygon',
      delegateTo: dfns.sandbox.createUser({ username: 'bob' }).username,
    });
    const seen = (await asAda.wallets.listWallets()).items;
    expect(seen.every(({ signingKey }) => signingKey.delegatedTo === ada.userId)).toBe(true);
    for (const owner of ['bob', bobs.signingKey.delegatedTo]) {
      const { items } = await backend.wallets.listWallets({ query: { owner } });
      expect(items.map(({ id }) => id)).toEqual([bobs.id]);
    }
    const first = await backend.wallets.listWallets({ query: { limit: 1 } });
    const second = await backend.wallets.listWallets({ query: { limit: 1, paginationToken: first.nextPageToken } });
    expect(second.items[0]?.id).not.toBe(first.items[0]?.id);
  });

  it('can share a key', async () => {
    const first = await backend.wallets.createWallet({ body: { network: 'Ethereum' } });
    const body = { network: 'Polygon', signingKey: { id: first.signingKey.id } } as const;
    await expect(backend.wallets.createWallet({ body })).resolves.toMatchObject({
      address: first.address,
      signingKey: first.signingKey,
    });
    const other = { ...body, network: 'Solana' } as const;
    await expect(backend.wallets.createWallet({ body: other })).rejects.toMatchObject({ httpStatus: 400 });
  });

  it.each([
    [{ network: 'Atlantis' }, /body\.network/],
    [{ network: 'Starknet' }, /body\.network/],
    [{ network: 'Ethereum', name: 'n'.repeat(101) }, /body\.name/],
    [{ network: 'Ethereum', tags: Array(11).fill('t') }, /body\.tags/],
    [{ network: 'Ethereum', colour: 'red' }, /body\.colour is not a known member/],
    [{ network: 'Ethereum', delegateTo: 'us-nobody' }, /body\.delegateTo/],
    [{ network: 'Ethereum', signingKey: { id: 1 } }, /body\.signingKey\.id/],
  ])('are not made from %j', async (body, message) => {
    expect(await signedCall(dfns, account, 'POST', '/wallets', body)).toMatchObject({
      status: 400,
      message: expect.stringMatching(message),
    });
  });

  it('need more permissions for a delegate and for tags', async () => {
    const identity = dfns.sandbox.createServiceAccount({ permissions: ['Wallets:Create', 'Keys:Create'] });
    for (const [more, permission] of [
      [{ delegateTo: ada.userId }, 'Keys:Delegate'],
      [{ tags: ['hot'] }, 'Wallets:Tags:Add'],
      [{ signingKey: { id: 'key-any' } }, 'Keys:Reuse'],
    ] as const) {
      const refused = await signedCall(dfns, identity, 'POST', '/wallets', { network: 'Base', ...more });
      expect(refused.message).toBe(
        `CustomerEmployee ${identity.userId} is not authorized to perform operation (${permission})`,
      );
    }
    expect(await signedCall(dfns, identity, 'POST', '/wallets', { network: 'Base' })).toMatchObject({ status: 200 });
  });
});

describe('signatures', () => {
  const message = Buffer.from('hello, Dfns');

  it('of ECDSA keys are valid and have a low S', async () => {
    const { id: walletId, signingKey } = await backend.wallets.createWallet({ body: { network: 'Bitcoin' } });
    for (let round = 0; round < 20; round += 1) {
      const data = Buffer.from(`${message} ${round}`);
      const body = { kind: 'Hash', hash: `0x${sha256(data)}` } as const;
      const { signature, status, requester } = await backend.wallets.generateSignature({ walletId, body });
      expect({ status, requester }).toMatchObject({ status: 'Signed', requester: { userId: account.userId } });
      expect(isGenuine(signingKey.publicKey, data, signature ?? { r: '', s: '' })).toBe(true);
      expect(Number.parseInt(signature?.s.slice(2, 4) ?? 'ff', 16)).toBeLessThan(0x80);
      expect([0, 1]).toContain(signature?.recid);
    }
  });

  it('of EdDSA keys over hashes and messages are valid', async () => {
    const [wallet] = (await asAda.wallets.listWallets()).items;
    const keyId = wallet?.signingKey.id ?? '';
    for (const body of [
      { kind: 'Message', message: message.toString('hex') },
      { kind: 'Hash', hash: sha256(message) },
    ] as const) {
      const { signature } = await asAda.keys.generateSignature({ keyId, body });
      const data = body.kind === 'Message' ? message : Buffer.from(body.hash, 'hex');
      expect(isGenuine(wallet?.signingKey.publicKey ?? '', data, signature ?? { r: '', s: '' })).toBe(true);
    }
  });

  it('of other kinds sign SHA-256 of the JSON', async () => {
    const { id: walletId } = await backend.wallets.createWallet({ body: { network: 'Ethereum' } });
    const body = { kind: 'Transaction', transaction: '0x02' } as const;
    const { signedData } = await backend.wallets.generateSignature({ walletId, body });
    expect(signedData).toBe(`0x${sha256(Buffer.from(JSON.stringify(body)))}`);
  });

  it('can be read by wallet or by key', async () => {
    const { id: walletId, signingKey } = await backend.wallets.createWallet({ body: { network: 'Ethereum' } });
    const made = await backend.wallets.generateSignature({ walletId, body: { kind: 'Hash', hash: sha256(message) } });
    const [signatureId, keyId] = [made.id, signingKey.id];
    await expect(backend.wallets.getSignature({ walletId, signatureId })).resolves.toEqual(made);
    await expect(backend.keys.getSignature({ keyId, signatureId })).resolves.toEqual(made);
    await expect(backend.wallets.listSignatures({ walletId })).resolves.toEqual({ walletId, keyId, items: [made] });
    await expect(backend.keys.listSignatures({ keyId })).resolves.toEqual({ keyId, items: [made] });
    await expect(backend.keys.getSignature({ keyId, signatureId: 'sig-none' })).rejects.toMatchObject({
      httpStatus: 404,
    });
  });

  it('are made once per externalId', async () => {
    const { id: walletId } = await backend.wallets.createWallet({ body: { network: 'Ethereum' } });
    const sign = (hash: string) =>
      backend.wallets.generateSignature({ walletId, body: { kind: 'Hash', hash, externalId: 'once' } });
    const first = await sign(sha256(message));
    await expect(sign(sha256(message))).resolves.toEqual(first);
    await expect(sign('00'.repeat(32))).rejects.toMatchObject({
      httpStatus: 409,
      message: 'Conflicting signature with same externalId',
      context: { body: { error: { details: { duplicate: { id: first.id, externalId: 'once' } } } } },
    });
  });

  it.each([
    [{ kind: 'Hash', hash: 'abcd' }, /body\.hash/],
    [{ kind: 'Message', message: 'abcd' }, /needs an EdDSA key/],
    [{ kind: 'Telepathy' }, /body\.kind must be one of Hash, Message/],
  ])('are not made from %j', async (body, expected) => {
    const { id } = await backend.wallets.createWallet({ body: { network: 'Ethereum' } });
    expect(await signedCall(dfns, account, 'POST', `/wallets/${id}/signatures`, body)).toMatchObject({
      status: 400,
      message: expect.stringMatching(expected),
    });
  });
});

describe('keys', () => {
  it('are listed with their wallets, and end users see only their own', async () => {
    const { id, network, signingKey } = await backend.wallets.createWallet({ body: { network: 'Ethereum' } });
    await expect(backend.keys.getKey({ keyId: signingKey.id })).resolves.toMatchObject({
      custodial: true,
      curve: 'secp256k1',
      wallets: [{ id, network }],
    });
    await expect(asAda.keys.getKey({ keyId: signingKey.id })).rejects.toMatchObject({
      httpStatus: 404,
      message: 'key not found',
    });
    const { items } = await asAda.keys.listKeys();
    expect(items.length).toBeGreaterThan(0);
    expect(items.every(({ custodial }) => !custodial)).toBe(true);
  });
});
