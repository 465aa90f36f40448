import { beforeEach, describe, expect, it } from '@jest/globals';
import { DfnsSandbox, type SandboxOptions } from 'dfns-sandbox';
import { callerOf, stoppedAfterEach } from './support/checked-sandbox.js';
import { signedCall } from './support/clients.js';
import { SoftwareKey } from './support/software-key.js';

const start = stoppedAfterEach(DfnsSandbox);
const LOGIN = '/auth/login/delegated';
let sandbox: DfnsSandbox;
let call: ReturnType<typeof callerOf>;
let account: ReturnType<DfnsSandbox['createServiceAccount']>;

async function open(options?: SandboxOptions) {
  sandbox = await start(options);
  call = callerOf(sandbox.url);
  account = sandbox.createServiceAccount({ name: 'back end' });
  sandbox.createUser({ username: 'ada' });
}
beforeEach(() => open());

interface Check {
  name: string;
  ok: boolean;
  why?: string;
}

const records = async () => (await call('GET', '/_sandbox/requests')).body.items;
const lastRecord = async () => (await records()).at(-1);
/** The checks of the last request that failed. */
const failures = async () => (await lastRecord()).checks.filter(({ ok }: Check) => !ok);
const names = (checks: Check[]) => checks.map(({ name }) => name);

describe('the journal', () => {
  it('holds the three requests of a call in one group, with who signed what', async () => {
    await signedCall({ call }, account, 'POST', LOGIN, { username: 'ada' });
    const [init, exchange, login] = await records();
    expect(new Set([init.group, exchange.group, login.group]).size).toBe(1);
    expect([init, exchange, login].map(({ request, status }) => [request.path, status])).toEqual([
      ['/auth/action/init', 200],
      ['/auth/action', 200],
      [LOGIN, 200],
    ]);
    const signed = { method: 'POST', path: LOGIN, payload: '{"username":"ada"}' };
    expect([init.signed, exchange.signed, login.signed]).toEqual([signed, signed, signed]);
    expect(exchange.signer).toMatchObject({ credId: account.credId, kind: 'Key', name: 'back end' });
    expect(JSON.parse(exchange.clientData)).toMatchObject({ type: 'key.get' });
    expect(exchange.caller).toMatchObject({ kind: 'ServiceAccount', name: 'back end' });
    expect(names(exchange.checks)).toEqual([
      'token',
      'caller',
      'form of the body',
      'challenge',
      'credential',
      'client data',
      'signature',
    ]);
    expect(names(login.checks)).toEqual([
      'token',
      'caller',
      'permission Auth:Login:Delegated',
      'user action',
      'signed method',
      'signed path',
      'signed body',
      'form of the body',
    ]);
    for (const { checks, durationMs } of [init, exchange, login]) {
      expect(checks.every(({ ok }: Check) => ok)).toBe(true);
      expect(durationMs).toBeGreaterThan(0);
    }
  });

  it('does not mix requests that are handled at the same time', async () => {
    const other = sandbox.createServiceAccount({ permissions: [] });
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        call('GET', '/wallets', { token: [account, other][index % 2]?.authToken }),
      ),
    );
    for (const { status, checks, caller } of await records()) {
      expect(checks).toHaveLength(3);
      expect(status).toBe(caller.name === 'back end' ? 200 : 403);
      expect(checks[2].ok).toBe(status === 200);
    }
  });

  it.each<[string, () => Promise<unknown>, string, RegExp]>([
    ['no token', () => call('GET', '/wallets'), 'token', /no header "Authorization/],
    ['a foreign token', () => call('GET', '/wallets', { token: 'a.b.c' }), 'token', /did not make it/],
    [
      'a user who is deactivated',
      () => {
        const token = sandbox.issueUserToken('ada');
        sandbox.deactivateUser('ada');
        return call('GET', '/wallets', { token });
      },
      'token',
      /deactivated/,
    ],
    [
      'the wrong kind of caller',
      () => call('GET', '/auth/users', { token: sandbox.issueUserToken('ada') }),
      'caller',
      /EndUser; allowed: CustomerEmployee, ServiceAccount/,
    ],
    [
      'no user action',
      () => call('POST', LOGIN, { token: account.authToken, body: { username: 'ada' } }),
      'user action',
      /no header X-DFNS-USERACTION/,
    ],
    [
      'an unknown user',
      () => signedCall({ call }, account, 'POST', LOGIN, { username: 'eve' }),
      'request',
      /User not found/,
    ],
    [
      'an unknown path',
      () => call('GET', '/nowhere', { token: account.authToken }),
      'request',
      /does not know GET \/nowhere/,
    ],
  ])('says why a request was refused: %s', async (_, send, name, why) => {
    await send();
    expect(await failures()).toEqual([{ name, ok: false, why: expect.stringMatching(why) }]);
  });

  it('says why a signature was refused', async () => {
    const wrong = { ...account, privateKey: new SoftwareKey().privateKeyPem };
    await signedCall({ call }, wrong, 'POST', LOGIN, { username: 'ada' });
    const exchange = (await records())[1];
    expect(exchange.checks.at(-1)).toEqual({ name: 'signature', ok: false, why: 'signature does not verify' });
  });

  it.each([
    [false, 200, { name: 'signed body', ok: true, why: expect.stringContaining('the JSON values are equal') }],
    [true, 403, { name: 'signed body', ok: false, why: 'The texts differ.' }],
  ])('shows the signed text beside another text that was sent (strict: %p)', async (strict, status, verdict) => {
    await open({ strict });
    const [signed, sent] = ['{ "username": "ada" }', '{"username":"ada"}'];
    expect(await sendOther(signed, sent)).toMatchObject({ status });
    const record = await lastRecord();
    expect([record.signed.payload, record.request.body]).toEqual([signed, sent]);
    expect(record.checks).toContainEqual(verdict);
  });

  it('names the fault, and keeps the answer that the handler gave', async () => {
    sandbox.faults.add({ on: 'GET /wallets', kind: 'truncate' });
    sandbox.faults.add({ on: 'GET /wallets', kind: 'reset' });
    for (let count = 0; count < 2; count += 1) {
      await call('GET', '/wallets', { token: account.authToken }).catch(() => undefined);
    }
    expect(await records()).toMatchObject([
      { fault: 'truncate', status: 200, answer: '{"items":[]}' },
      { fault: 'reset', checks: [] },
    ]);
  });

  it('is bounded', async () => {
    const requests = Array.from({ length: 520 }, (_, index) => `/wallets?${index}`);
    for (const path of requests) await call('GET', path);
    const kept = await records();
    expect([kept.length, kept[0].request.path, kept.at(-1).request.path]).toEqual([500, '/wallets?20', '/wallets?519']);
  });
});

/** Signs a login with the body `signed`, and sends the body `sent`. */
async function sendOther(signed: string, sent: string) {
  const key = new SoftwareKey();
  const { authToken: token } = sandbox.createServiceAccount({ publicKey: key.publicKey, credId: key.credId });
  const action = { userActionHttpMethod: 'POST', userActionHttpPath: LOGIN, userActionPayload: signed };
  const { body: opened } = await call('POST', '/auth/action/init', { token, body: action });
  const firstFactor = { kind: 'Key', credentialAssertion: key.assertion(opened.challenge) };
  const { challengeIdentifier } = opened;
  const { body } = await call('POST', '/auth/action', { token, body: { challengeIdentifier, firstFactor } });
  return call('POST', LOGIN, { token, body: sent, headers: { 'X-DFNS-USERACTION': body.userAction } });
}
