import { beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import fc from 'fast-check';
import { DfnsClient, UserActionSigner } from 'nestjs-dfns-auth';
import { vectors } from './support/published-vectors.js';
import { useSandbox } from './support/use-sandbox.js';

const world = useSandbox();
let context: TestingModule;
let client: DfnsClient;

beforeAll(async () => {
  context = await world.startInstance();
  client = context.get(DfnsClient);
});

/** Returns what was signed and what was sent in the last signed call. */
function lastCall(): { signed: { userActionPayload: string; userActionHttpPath: string }; sent: string; path: string } {
  const [init, , call] = world.sandbox.requests.slice(-3);
  return { signed: JSON.parse(init?.body as string), sent: call?.body as string, path: call?.path as string };
}

describe('a signed call', () => {
  it.each([
    ['non-ASCII', { network: 'EthereumSepolia', name: 'é☀𝒳 日本' }],
    ['escapes', { network: 'EthereumSepolia', name: '"\\/\b\f\n\r\t\u2028\u0000' }],
    ['nested and empty members', { network: 'EthereumSepolia', name: '', tags: [], externalId: 'a' }],
    ['undefined members', { network: 'EthereumSepolia', name: undefined }],
    ['text as it is', '{ "network" : "EthereumSepolia" , "name":"\\u00e9" }'],
  ])('sends the bytes that were signed: %s', async (_, body) => {
    const wallet = await client.request<{ id: string }>({
      method: 'POST',
      path: '/wallets',
      body,
      caller: 'serviceAccount',
    });
    expect(wallet.id).toMatch(/^wa-/);
    const { signed, sent } = lastCall();
    expect(sent).toBe(signed.userActionPayload);
    expect(sent).toBe(typeof body === 'string' ? body : JSON.stringify(body));
  });

  it('sends the bytes that were signed, for every name of a wallet', async () => {
    const graphemes = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
    // One grapheme can be many characters, and the sandbox accepts names of up to 100.
    const walletNames = graphemes.filter((name) => name.length <= 100);
    await fc.assert(
      fc.asyncProperty(walletNames, async (name) => {
        const body = { name, network: 'EthereumSepolia' };
        const wallet = await client.request<{ name: string }>({
          method: 'POST',
          path: '/wallets',
          body,
          caller: 'serviceAccount',
        });
        expect(wallet.name).toBe(name);
        const { signed, sent } = lastCall();
        expect(sent).toBe(signed.userActionPayload);
      }),
      { numRuns: 30 },
    );
  });

  it.each(vectors.payloadStrings.filter(({ bodyObject }) => bodyObject))(
    'sends the text of the vectors: $name',
    async ({ bodyObject, userActionPayload, sentBody }) => {
      const call = client.request({ method: 'POST', path: '/wallets', body: bodyObject, caller: 'serviceAccount' });
      // Some of these bodies create no wallet. Only the signed and the sent text count.
      await call.catch(() => undefined);
      const { signed, sent } = lastCall();
      expect(signed.userActionPayload).toBe(userActionPayload);
      expect(sent).toBe(sentBody);
    },
  );

  it('signs the path without the query, and sends both', async () => {
    const path = '/auth/service-accounts/us-aaaaa-bbbbb-cccccccccccccccc?force=true';
    const call = client.request({ method: 'DELETE', path, caller: 'serviceAccount' });
    await expect(call).rejects.toMatchObject({ upstreamStatus: expect.any(Number) });
    const { signed, path: sent } = lastCall();
    expect(sent).toBe(path);
    expect(signed.userActionHttpPath).toBe('/auth/service-accounts/us-aaaaa-bbbbb-cccccccccccccccc');
  });

  it.each([
    ['a path without a slash', 'wallets'],
    ['an empty path', ''],
    ['another host', '//evil.example/wallets'],
    ['dot segments', '/wallets/../auth/users'],
    ['encoded dot segments', '/wallets/%2e%2e/auth/users'],
    ['a space', '/wallets/a b'],
    ['a fragment', '/wallets#x'],
    ['a line break', '/wallets\r\nX-Evil: 1'],
    ['a backslash', '/wallets\\x'],
    ['raw non-ASCII', '/wallets/é'],
  ])('refuses %s before any request', async (_, path) => {
    const before = world.sandbox.requests.length;
    const write = client.request({ method: 'POST', path, caller: 'serviceAccount' });
    await expect(write).rejects.toMatchObject({ code: 'DFNS_BAD_REQUEST' });
    const signature = context.get(UserActionSigner).sign({ method: 'POST', path });
    await expect(signature).rejects.toMatchObject({ code: 'DFNS_BAD_REQUEST' });
    expect(world.sandbox.requests).toHaveLength(before);
  });

  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = cyclic;

  it.each([
    ['a cycle', cyclic],
    ['a bigint', { amount: 1n }],
    ['lone surrogates', '{"name":"\ud800"}'],
    ['a body that becomes undefined', { toJSON: () => undefined }],
    ['a number', 7],
  ])('refuses %s before any request', async (_, body) => {
    const before = world.sandbox.requests.length;
    const write = client.request({ method: 'POST', path: '/wallets', body: body as object, caller: 'serviceAccount' });
    await expect(write).rejects.toMatchObject({ code: 'DFNS_BAD_REQUEST' });
    expect(world.sandbox.requests).toHaveLength(before);
  });

  it.each([
    ['without a user action', { userToken: 'a.b.c' }, undefined],
    ['with a token of two lines', { userToken: 'a.b\r\nX-Evil: 1' }, 'action'],
    ['with a user action of two lines', { userToken: 'a.b.c' }, 'x\r\nX-Evil: 1'],
  ])('refuses a write of a user %s before any request', async (_, caller, userAction) => {
    const before = world.sandbox.requests.length;
    const write = client.request({ method: 'POST', path: '/wallets', body: {}, caller, userAction });
    await expect(write).rejects.toMatchObject({
      code: expect.stringMatching(/DFNS_BAD_REQUEST|DFNS_USER_UNAUTHORIZED/),
    });
    expect(world.sandbox.requests).toHaveLength(before);
  });

  it.each(vectors.authTokens.cases)(
    'checks the organisation of a token before it uses the token: $name',
    async ({ token, ...vector }) => {
      const authToken = vectors.authTokens.cases[0]?.token as string;
      const serviceAccount = { authToken, credential: { sign: () => Promise.reject() } };
      const instance = await world.startInstance({ orgId: vector.orgId, serviceAccount }, () => 0);
      const before = world.sandbox.requests.length;
      const read = instance.get(DfnsClient).request({ method: 'GET', path: '/wallets', caller: { userToken: token } });
      // The sandbox refuses all these tokens. The test counts its requests.
      await expect(read).rejects.toMatchObject({ code: 'DFNS_USER_UNAUTHORIZED' });
      expect(world.sandbox.requests.length - before).toBe(vector.expect === 'ok' ? 1 : 0);
    },
  );

  it('sends query parameters, and omits undefined ones', async () => {
    await client.request({
      method: 'GET',
      path: '/auth/users',
      query: { limit: 1, kind: undefined },
      caller: 'serviceAccount',
    });
    expect(world.sandbox.requests.at(-1)).toMatchObject({ method: 'GET', path: '/auth/users?limit=1', body: '' });
  });
});
