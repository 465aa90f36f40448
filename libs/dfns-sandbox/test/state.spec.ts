import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { DfnsSandbox, type Seed } from 'dfns-sandbox';
import fc from 'fast-check';
import { withVariables } from '../src/command-line/env-file.js';
import { KeptState } from '../src/state/kept-state.js';
import { decode, encode } from '../src/state/state-text.js';
import { callerOf, stoppedAfterEach } from './support/checked-sandbox.js';
import { signedCall } from './support/clients.js';

const start = stoppedAfterEach(DfnsSandbox);
const folder = mkdtempSync(join(tmpdir(), 'sandbox-state-'));
afterAll(() => rmSync(folder, { recursive: true }));

const pem = (curve: 'ed25519' | 'secp256k1') => {
  const pair = curve === 'ed25519' ? generateKeyPairSync(curve) : generateKeyPairSync('ec', { namedCurve: curve });
  return pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
};

describe('the option state', () => {
  it('keeps ids, keys and tokens over a restart', async () => {
    const state = join(folder, 'kept.json');
    const first = await DfnsSandbox.start({ state });
    const call = callerOf(first.url);
    const account = first.createServiceAccount();
    const ada = first.createUser({
      username: 'ada',
      wallets: [{ network: 'EthereumSepolia' }, { network: 'SolanaDevnet' }],
    });
    const token = first.issueUserToken('ada');
    const ended = first.issueUserToken('ada');
    await call('PUT', '/auth/logout', { token: ended, body: {} });
    const { body: wallets } = await call('GET', '/wallets', { token });
    const action = {
      userActionHttpMethod: 'POST',
      userActionHttpPath: '/wallets',
      userActionPayload: '{"network":"Base"}',
    };
    const { body: opened } = await call('POST', '/auth/action/init', { token, body: action });
    first.clock.advance(60_000);
    await first.stop();

    const second = await start({ state });
    const again = callerOf(second.url);
    expect([second.orgId, second.clock.aheadMs]).toEqual([first.orgId, 60_000]);
    expect((await again('GET', '/wallets', { token })).body).toEqual(wallets);
    expect((await again('GET', '/wallets', { token: ended })).status).toBe(401);
    expect(
      await signedCall({ call: again }, account, 'POST', '/auth/login/delegated', { username: 'ada' }),
    ).toMatchObject({
      status: 200,
    });
    const signer = { ...ada, authToken: token, credId: ada.credId ?? '' };
    for (const { id } of wallets.items) {
      const path = `/wallets/${id}/signatures`;
      expect(
        await signedCall({ call: again }, signer, 'POST', path, { kind: 'Hash', hash: '5f'.repeat(32) }),
      ).toMatchObject({
        status: 200,
      });
    }
    const clientData = Buffer.from(JSON.stringify({ type: 'key.get', challenge: opened.challenge }));
    const signature = sign(null, clientData, createPrivateKey(ada.privateKey ?? '')).toString('base64url');
    const credentialAssertion = { credId: ada.credId, clientData: clientData.toString('base64url'), signature };
    const { challengeIdentifier } = opened;
    const body = { challengeIdentifier, firstFactor: { kind: 'Key', credentialAssertion } };
    expect(await again('POST', '/auth/action', { token, body })).toMatchObject({ status: 200 });
  });

  it('keeps transfers, approvals, webhooks, permissions and mails, and goes on with them', async () => {
    const state = join(folder, 'features.json');
    const begin = Date.parse('2026-11-21T10:00:00Z');
    let now = begin;
    const options = { state, now: () => now };
    const first = await DfnsSandbox.start(options);
    const call = callerOf(first.url);
    const account = first.createServiceAccount();
    const { id: walletId } = first.createWallet({ network: 'Ethereum' });
    const path = `/wallets/${walletId}/transfers`;
    const body = { kind: 'Native', to: `0x${'d'.repeat(40)}`, amount: '1' };
    const { body: free } = await signedCall({ call }, account, 'POST', path, body);
    const action = {
      kind: 'RequestApproval' as const,
      autoRejectTimeout: 1,
      approvalGroups: [{ quorum: 1, approvers: {} }],
    };
    const rule = { kind: 'AlwaysTrigger' } as const;
    first.createPolicy({ name: 'two eyes', activityKind: 'Wallets:Sign', rule, action });
    const held = (await signedCall({ call }, account, 'POST', path, body)).body;
    const late = (await signedCall({ call }, account, 'POST', path, body)).body;
    const { id: webhookId } = first.webhooks.create({ url: 'http://127.0.0.1:1/', events: ['wallet.created'] });
    first.createWallet({ network: 'Base' });
    await first.webhooks.settled();
    const ada = first.createUser({ username: 'ada', kind: 'CustomerEmployee' });
    const { permissionId } = first.createPermission({ name: 'Readers', operations: ['Wallets:Read'] });
    first.assignPermission({ permissionId, identityId: ada.userId });
    const token = first.createPersonalAccessToken({ username: 'ada' }).authToken;
    await call('POST', '/auth/login/code', { body: { username: 'ada', orgId: first.orgId } });
    const mails = first.outbox.list();
    await first.stop();

    const second = await start(options);
    const again = callerOf(second.url);
    expect(second.outbox.list()).toEqual(mails);
    expect(second.secrets).toContain(mails[0]?.code);
    second.approvals.approve(held.approvalId);
    now += 60_000;
    expect(second.transfers.list()).toMatchObject([
      { id: free.id, status: 'Confirmed', dateConfirmed: new Date(begin + 5_000).toISOString() },
      { id: held.id, status: 'Confirmed' },
      { id: late.id, status: 'Rejected', reason: `approval ${late.approvalId} has expired` },
    ]);
    await second.webhooks.deliverDue();
    expect(second.webhooks.deliveries).toMatchObject([
      { webhookId, event: { deliveryAttempt: 1 } },
      { webhookId, event: { deliveryAttempt: 2 } },
    ]);
    const { status, body: assigned } = await again('GET', `/permissions/${permissionId}/assignments`, { token });
    expect([status, assigned.items]).toMatchObject([200, [{ identityId: ada.userId }]]);
    expect(() => second.createPermission({ name: 'Readers', operations: ['Wallets:Read'] })).toThrow(
      'with this name exists',
    );
    expect((await again('GET', path, { token: account.authToken })).body.items).toHaveLength(3);
  });

  it('can be read by its owner only, and is replaced in one step', async () => {
    const state = join(folder, 'private.json');
    writeFileSync(join(folder, 'other'), '');
    const sandbox = await start({ state });
    expect(statSync(state).mode & 0o777).toBe(0o600);
    const before = statSync(state).ino;
    sandbox.createUser({ username: 'ada' });
    await sandbox.stop();
    expect(statSync(state).ino).not.toBe(before);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    expect(readFileSync(state, 'utf8')).toContain('ada');
  });

  it('is written after a request, without a stop', async () => {
    const state = join(folder, 'early.json');
    const sandbox = await start({ state });
    sandbox.createUser({ username: 'grace' });
    await callerOf(sandbox.url)('GET', '/wallets');
    while (!readFileSync(state, 'utf8').includes('grace')) await new Promise(setImmediate);
  });

  it('is not written by a sandbox that has stopped', async () => {
    const state = join(folder, 'handed-over.json');
    const stopped = await start({ state });
    await stopped.stop();
    const next = await start({ state });
    next.createUser({ username: 'ada' });
    await next.stop();
    jest.useFakeTimers();
    stopped.createUser({ username: 'late' });
    stopped.createWallet({ network: 'EthereumSepolia' });
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
    expect(readFileSync(state, 'utf8')).toContain('ada');
  });

  it('returns to the first beginning with a reset, also after a restart', async () => {
    const state = join(folder, 'reset.json');
    const seed: Seed = { users: [{ username: 'ada' }] };
    const first = await DfnsSandbox.start({ state, seed });
    const { authToken: token } = first.seeded.serviceAccounts[0] ?? {};
    first.createUser({ username: 'bob' });
    await first.stop();
    const second = await start({ state, seed });
    expect([second.user('bob')?.username, second.seeded.serviceAccounts[0]?.authToken]).toEqual(['bob', token]);
    second.reset();
    expect([second.user('bob'), second.user('ada')?.username]).toEqual([undefined, 'ada']);
    expect((await callerOf(second.url)('GET', '/wallets', { token: token ?? '' })).status).toBe(200);
  });

  it('refuses another file, and the state of another organisation', async () => {
    const state = join(folder, 'broken.json');
    for (const text of ['', 'text', '{"version":0}', 'null']) {
      writeFileSync(state, text);
      await expect(DfnsSandbox.start({ state })).rejects.toThrow(`${state} is not a state file`);
    }
    rmSync(state);
    await (await DfnsSandbox.start({ state, orgId: 'or-aaaaa-bbbbb-cccccccccccccccc' })).stop();
    await expect(DfnsSandbox.start({ state, orgId: 'or-ddddd-eeeee-ffffffffffffffff' })).rejects.toThrow(
      'another organisation',
    );
  });
});

describe('the text of the state', () => {
  it('reads back as it was written', () => {
    const values = fc.anything({
      withMap: true,
      withSet: true,
      withDate: true,
      withBigInt: true,
      withNullPrototype: false,
    });
    fc.assert(
      fc.property(values, (value) => {
        const plain = JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}n` : part));
        fc.pre(plain !== undefined);
        const back = decode(encode({ value })) as { value: unknown };
        expect(encode(back)).toBe(encode({ value }));
      }),
    );
    const bytes = Buffer.from([0, 255]);
    expect(decode(encode([new Map([['a', new Set([1n])]]), bytes, new Date(5)]))).toEqual([
      new Map([['a', new Set([1n])]]),
      bytes,
      new Date(5),
    ]);
  });

  it('keeps what is shared, circles, and keys', () => {
    const key = createPrivateKey(pem('secp256k1'));
    const user: Record<string, unknown> = { key };
    user['self'] = user;
    const [one, other] = decode(encode([user, { user }])) as [typeof user, { user: typeof user }];
    expect(other.user).toBe(one);
    expect(one['self']).toBe(one);
    expect((one['key'] as typeof key).equals(key)).toBe(true);
    expect(JSON.parse(encode({ ['__proto__']: 1, plain: JSON.parse('{"__proto__":{"x":1}}') }))).toHaveLength(3);
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  it('refuses what it cannot keep, and two parts with one name', () => {
    expect(() => encode({ run: () => 1 })).toThrow('A function cannot be kept');
    expect(() => encode({ error: new Error('x') })).toThrow('A Error cannot be kept');
    const state = new KeptState();
    state.keep('a', []);
    expect(() => state.keep('a', [])).toThrow('two parts');
  });
});

describe('the option seed', () => {
  it('makes users, keys, wallets and permissions with the given ids and keys', async () => {
    const [personKey, accountKey, walletKey] = [pem('ed25519'), pem('secp256k1'), pem('secp256k1')];
    const seed: Seed = {
      users: [
        {
          username: 'ada',
          userId: 'us-aaaaa-bbbbb-cccccccccccccccc',
          credential: { credId: 'person', privateKey: personKey },
        },
      ],
      serviceAccounts: [{ name: 'reader', credId: 'reader', privateKey: accountKey, permissions: ['Wallets:Read'] }],
      keys: [{ id: 'key-aaaaa-bbbbb-cccccccccccccccc', curve: 'secp256k1', privateKey: walletKey, delegateTo: 'ada' }],
      wallets: [
        {
          id: 'wa-aaaaa-bbbbb-cccccccccccccccc',
          network: 'EthereumSepolia',
          keyId: 'key-aaaaa-bbbbb-cccccccccccccccc',
          name: 'Main',
        },
        { network: 'SolanaDevnet', delegateTo: 'ada', tags: ['cold'] },
      ],
    };
    const [one, other] = [await start({ seed }), await start({ seed })];
    const call = callerOf(one.url);
    const [account] = one.seeded.serviceAccounts;
    expect([account?.privateKey, one.seeded.users[0]?.privateKey]).toEqual([accountKey, personKey]);
    const token = account?.authToken ?? '';
    const { items } = (await call('GET', '/wallets', { token })).body;
    expect(items).toMatchObject([
      { id: 'wa-aaaaa-bbbbb-cccccccccccccccc', name: 'Main', custodial: false },
      { network: 'SolanaDevnet', tags: ['cold'], custodial: false },
    ]);
    const elsewhere = other.seeded.serviceAccounts[0]?.authToken ?? '';
    const same = (await callerOf(other.url)('GET', '/wallets', { token: elsewhere })).body.items[0];
    expect([same.id, same.address]).toEqual([items[0].id, items[0].address]);
    const login = await signedCall(
      { call },
      { credId: 'reader', authToken: token, privateKey: accountKey },
      'POST',
      '/auth/login/delegated',
      {
        username: 'ada',
      },
    );
    expect(login).toMatchObject({ status: 403, message: expect.stringContaining('Auth:Login:Delegated') });
    const ada = { credId: 'person', privateKey: personKey, authToken: one.issueUserToken('ada') };
    const path = '/wallets/wa-aaaaa-bbbbb-cccccccccccccccc/signatures';
    expect(await signedCall({ call }, ada, 'POST', path, { kind: 'Hash', hash: '5f'.repeat(32) })).toMatchObject({
      status: 200,
    });
  });

  it.each<[object, string | RegExp]>([
    [{ user: [] }, 'seed.user is not a known member'],
    [{ users: [{ username: 'ada' }, { kind: 'EndUser' }] }, 'seed.users[1].username is required'],
    [
      { users: [{ username: 'ada', credential: { privateKey: 'secret' } }] },
      'seed.users[0].credential.privateKey must be the PEM',
    ],
    [{ wallets: [{ network: 'Atlantis' }] }, 'seed.wallets[0].network must be a network'],
    [{ users: [{ username: 'ada' }, { username: 'ada' }] }, 'seed.users[1]: User already exists.'],
    [
      { wallets: [{ network: 'Base', delegateTo: 'eve' }] },
      'seed.wallets[0]: delegateTo: the file has no end user eve',
    ],
    [{ wallets: [{ network: 'Base', keyId: 'key-1' }] }, 'seed.wallets[0]: keyId: the file has no key key-1'],
    [
      { keys: [{ id: 'key-1', curve: 'ed25519', privateKey: pem('secp256k1') }] },
      'seed.keys[0]: privateKey is not on the curve ed25519',
    ],
    [[], 'seed must be an object'],
  ])('names the member that is wrong: %j', async (seed, message) => {
    await expect(DfnsSandbox.start({ seed: seed as Seed })).rejects.toThrow(message);
  });
});

describe('the text of an env file', () => {
  const name = fc.stringMatching(/^[A-Z]{1,6}$/);
  const line = fc.oneof(
    fc.tuple(name, fc.stringMatching(/^[a-z0-9/+=]{0,8}$/)).map(([key, value]) => `${key}=${value}`),
    fc.tuple(name, fc.stringMatching(/^[a-z\n]{0,8}$/)).map(([key, value]) => `${key}="${value}"`),
    fc.constantFrom('# a comment', '', 'export PATHS=1', 'no variable', 'A = 1'),
  );
  const nameOf = (text: string) => /^(?:export )?([A-Z]+) ?=/.exec(text)?.[1];

  it('has the new variables once, and all other lines as they were', () => {
    fc.assert(
      fc.property(fc.array(line), fc.dictionary(name, fc.stringMatching(/^[a-z]{1,5}$/)), (lines, variables) => {
        const text = withVariables(lines.map((one) => `${one}\n`).join(''), variables);
        const others = lines.filter((one) => !Object.hasOwn(variables, nameOf(one) ?? ''));
        let rest = text;
        for (const [key, value] of Object.entries(variables)) {
          expect(`\n${rest}`.split(`\n${key}=${value}\n`)).toHaveLength(2);
          rest = `\n${rest}`.replace(`\n${key}=${value}\n`, '\n').slice(1);
        }
        expect(rest).toBe(others.map((one) => `${one}\n`).join(''));
      }),
    );
  });

  it('writes a key in one line, and ends the last line', () => {
    expect(withVariables('A=1', { KEY: 'x\ny\n' })).toBe('A=1\nKEY="x\\ny"\n');
    expect(withVariables('', { A: '1' })).toBe('A=1\n');
    expect(withVariables('A=1\r\nB=2\r\nexport A="3\n4"\n', { A: '5' })).toBe('A=5\nB=2\n');
  });
});
