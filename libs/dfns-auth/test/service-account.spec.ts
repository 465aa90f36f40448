import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { TestingModule } from '@nestjs/testing';
import {
  type CallOptions,
  DelegatedAuthService,
  type DfnsAuthModuleOptions,
  DfnsClient,
  DfnsHealthIndicator,
  KeySigner,
  type Secret,
  type ServiceAccountOptions,
  type UserActionChallenge,
} from 'nestjs-dfns-auth';
import { AccountRotation } from './support/account-rotation.js';
import { failureOf } from './support/failure-of.js';
import { useSandboxForEachTest } from './support/use-sandbox.js';
import { waitUntil } from './support/wait-until.js';

const INIT = 'POST /auth/action/init';
const EXCHANGE = 'POST /auth/action';
const LOGIN = 'POST /auth/login/delegated';
const DAY_MS = 86_400_000;

const world = useSandboxForEachTest({ users: ['ada'] });
let rotation: AccountRotation;
let context: TestingModule;
let now: number;

beforeEach(() => {
  rotation = new AccountRotation(world.sandbox);
  now = Date.now();
});

afterEach(() => {
  jest.restoreAllMocks();
});

async function start(serviceAccount: ServiceAccountOptions, more: Partial<DfnsAuthModuleOptions> = {}): Promise<void> {
  context = await world.startInstance({ serviceAccount, ...more }, () => now);
}

const login = (options?: CallOptions) => context.get(DelegatedAuthService).login({ username: 'ada' }, options);
const write = () =>
  context.get(DfnsClient).request<{ id: string }>({
    method: 'POST',
    path: '/wallets',
    body: { network: 'EthereumSepolia' },
    caller: 'serviceAccount',
  });
const read = () => context.get(DfnsClient).request({ method: 'GET', path: '/auth/users', caller: 'serviceAccount' });
const health = async () => (await context.get(DfnsHealthIndicator).check()).dfns;
const asked = (name: string) => rotation.asked.filter((one) => one === name).length;

/** The functions of all secrets. */
const functions = (): ServiceAccountOptions => ({
  authToken: rotation.given('authToken'),
  credential: { credId: rotation.given('credId'), privateKey: rotation.given('privateKey') },
});

/** A signer of the application whose credential changes. */
const changingSigner = () => ({
  get credId() {
    return rotation.current.credId;
  },
  sign: (challenge: UserActionChallenge) => new KeySigner(rotation.current).sign(challenge),
});

const WAYS: [string, () => ServiceAccountOptions, () => void][] = [
  ['the token, the credential and the key', functions, () => rotation.rotate()],
  [
    'the credential and the key',
    () => ({ ...functions(), authToken: rotation.current.authToken }),
    () => rotation.rotateKey(),
  ],
  [
    'the token and the credential of a signer',
    () => ({ authToken: rotation.given('authToken'), credential: changingSigner() }),
    () => rotation.rotate(),
  ],
  [
    'the credential of a signer',
    () => ({ authToken: rotation.current.authToken, credential: changingSigner() }),
    () => rotation.rotateKey(),
  ],
];

describe.each(WAYS)('rotation of %s', (_, options, rotate) => {
  it('while calls run lets no call fail and repeats no write', async () => {
    await start(options());
    const ids: string[] = [];
    const logins: Promise<unknown>[] = [];
    const writer = async () => {
      for (let i = 0; i < 6; i += 1) ids.push((await write()).id);
    };
    const writers = [writer(), writer(), writer()];
    await waitUntil(() => ids.length > 2);
    rotate();
    for (let i = 0; i < 5; i += 1) logins.push(login(), read());
    await Promise.all([...writers, ...logins]);
    expect(new Set(ids).size).toBe(18);
    const wallets = await context
      .get(DfnsClient)
      .request<{ items: unknown[] }>({ method: 'GET', path: '/wallets', caller: 'serviceAccount' });
    expect(wallets.items).toHaveLength(18);
    for (const name of new Set(rotation.asked)) expect(asked(name)).toBe(2);
    expect(await health()).toMatchObject({ status: 'up' });
  });

  it('can be repeated after 5 seconds', async () => {
    await start(options());
    for (let times = 1; times < 4; times += 1) {
      now += 5_000;
      rotate();
      await expect(login()).resolves.toHaveProperty('token');
      for (const name of new Set(rotation.asked)) expect(asked(name)).toBe(1 + times);
    }
  });
});

describe('the functions of secrets', () => {
  it('are asked once, while Dfns refuses nothing', async () => {
    await start(functions());
    for (let i = 0; i < 3; i += 1) await Promise.all([login(), read(), health()]);
    expect(rotation.asked.sort()).toEqual(['authToken', 'credId', 'privateKey']);
  });

  it.each([
    ['the token in the step init', INIT, 401],
    ['the caller in the step init', INIT, 403],
    ['the credential in the step exchange', EXCHANGE, 401],
    ['the caller in the step exchange', EXCHANGE, 403],
    ['the token in the step call', LOGIN, 401],
  ])('are asked again when Dfns refuses %s', async (_, on, status) => {
    await start(functions());
    world.sandbox.faults.add({ on, kind: 'status', status, message: 'Not Authorized.' });
    rotation.replace();
    await expect(login()).resolves.toHaveProperty('token');
    expect(asked('authToken')).toBe(2);
  });

  it.each([
    ['a missing permission', LOGIN, 403, 'DFNS_SERVICE_ACCOUNT_FORBIDDEN'],
    ['an outage', INIT, 503, 'DFNS_UNAVAILABLE'],
    ['an unknown user', LOGIN, 404, 'DFNS_NOT_FOUND'],
  ])('are not asked again for %s', async (_, on, status, code) => {
    await start(functions(), { http: { maxAttempts: 1 } });
    world.sandbox.faults.add({ on, kind: 'status', status });
    expect(await failureOf(login())).toMatchObject({ code });
    expect(asked('authToken')).toBe(1);
  });

  it('are asked once for all calls that are refused at the same time', async () => {
    await start(functions());
    rotation.rotate();
    await Promise.all(Array.from({ length: 30 }, () => login()));
    expect(rotation.asked.sort()).toEqual(
      ['authToken', 'credId', 'privateKey'].flatMap((name) => Array(2).fill(name)).sort(),
    );
  });

  it('are asked at most once in 5 seconds, and what they give again is not tried again', async () => {
    await start(functions());
    rotation.end();
    const refused = async () => {
      const from = world.sandbox.requests.length;
      expect(await failureOf(login())).toMatchObject({ code: 'DFNS_SERVICE_ACCOUNT_REJECTED', mayHaveHappened: false });
      expect(world.operations(from)).toEqual([INIT]);
    };
    await refused();
    expect(asked('authToken')).toBe(2);
    now += 4_999;
    await Promise.all([failureOf(login()), failureOf(read())]);
    await refused();
    expect(asked('authToken')).toBe(2);
    now += 1;
    await refused();
    expect(asked('authToken')).toBe(3);
  });

  it('that give something new again and again have one more attempt for each call', async () => {
    const authToken = () => {
      rotation.rotate();
      const { authToken: token } = rotation.current;
      rotation.end();
      return token;
    };
    await start({ ...functions(), authToken });
    const from = world.sandbox.requests.length;
    expect(await failureOf(login())).toMatchObject({ code: 'DFNS_SERVICE_ACCOUNT_REJECTED' });
    expect(world.operations(from)).toEqual([INIT, INIT]);
  });

  it('are not asked for a write that may have happened', async () => {
    await start(functions());
    world.sandbox.faults.add({ on: 'POST /wallets', kind: 'reset', when: 'after' });
    expect(await failureOf(write())).toMatchObject({ code: 'DFNS_UNAVAILABLE', mayHaveHappened: true });
    expect(world.operations().filter((operation) => operation === 'POST /wallets')).toHaveLength(1);
    expect(asked('authToken')).toBe(1);
  });

  it('must give a token of the same organisation', async () => {
    const foreign = `e30.${Buffer.from('{"https://custom/app_metadata":{"orgId":"or-other"}}').toString('base64url')}.c2ln`;
    let token = rotation.current.authToken;
    await start({ ...functions(), authToken: () => token }, { orgId: undefined });
    token = foreign;
    rotation.end();
    expect(await failureOf(login())).toMatchObject({
      code: 'DFNS_CONFIGURATION',
      message: expect.stringMatching(/authToken[^\n]* belongs to another organisation/),
    });
  });
});

const BROKEN: [string, () => string | Promise<string>, RegExp][] = [
  [
    'throws',
    () => {
      throw new Error('vault: secret-of-the-vault');
    },
    /could not be fetched/,
  ],
  ['rejects', () => Promise.reject('secret-of-the-vault'), /could not be fetched/],
  ['gives rubbish', () => 'secret-of-the-vault', /is not/],
  ['gives nothing', () => undefined as never, /is empty/],
];

describe.each(BROKEN)('a function that %s when it is asked again', (_, broken, message) => {
  it.each(['authToken', 'privateKey'] as const)('fails the call with a clear error, for %s', async (name) => {
    let isBroken = false;
    const secret: Secret = () => (isBroken ? broken() : rotation.current[name]);
    const { authToken, credential } = functions();
    await start({ authToken, credential, [name]: secret, ...(name === 'privateKey' && key(secret)) });
    isBroken = true;
    world.sandbox.faults.add({ on: INIT, kind: 'status', status: 401 });
    const error = await failureOf(login());
    expect(error).toMatchObject({ code: 'DFNS_CONFIGURATION', mayHaveHappened: false });
    expect(error?.message).toMatch(new RegExp(`was refused[\\s\\S]*${name}[^\\n]*${message.source}`));
    expect(error?.message).not.toContain('secret-of');
    expect(await health()).toMatchObject({ status: 'down', problem: error?.message });
    // What was read at start is still used.
    await expect(login()).resolves.toHaveProperty('token');
    expect(await health()).toMatchObject({ status: 'up' });
  });
});

const key = (privateKey: Secret) => ({ credential: { credId: rotation.given('credId'), privateKey } });

it('a function that hangs when it is asked again holds no call beyond its deadline', async () => {
  let hangs = false;
  let calls = 0;
  let release = (_: string) => {};
  const authToken = () => {
    calls += 1;
    if (!hangs) return rotation.current.authToken;
    return new Promise<string>((resolve) => {
      release = resolve;
    });
  };
  await start({ ...functions(), authToken });
  hangs = true;
  rotation.rotate();
  const refused = await Promise.all([failureOf(login({ deadlineMs: 80 })), failureOf(login({ deadlineMs: 80 }))]);
  for (const error of refused) expect(error).toMatchObject({ code: 'DFNS_TIMEOUT', mayHaveHappened: false });
  expect(calls).toBe(2);
  expect(await health()).toMatchObject({ status: 'down' });
  const waiting = login();
  release(rotation.current.authToken);
  await expect(waiting).resolves.toHaveProperty('token');
  expect(calls).toBe(2);
});

it('plain texts are not tried again', async () => {
  const { authToken, credId, privateKey } = rotation.current;
  await start({ authToken, credential: { credId, privateKey } });
  rotation.rotate();
  const from = world.sandbox.requests.length;
  expect(await failureOf(login())).toMatchObject({ code: 'DFNS_SERVICE_ACCOUNT_REJECTED' });
  expect(world.operations(from)).toEqual([INIT]);
});

describe('the end of the token', () => {
  const lines: string[] = [];
  beforeEach(() => {
    lines.length = 0;
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((line: unknown) => {
      lines.push(String(line));
    });
  });

  const plain = (): ServiceAccountOptions => {
    const { authToken, credId, privateKey } = rotation.current;
    return { authToken, credential: { credId, privateKey } };
  };
  const endsAt = async () => Date.parse((await health()).tokenExpiresAt as string);

  it('is announced 14, 7 and 1 days before, once each, when the token is used', async () => {
    await start(plain());
    const end = await endsAt();
    const announced = async (at: number) => {
      now = at;
      await Promise.all([read(), read()]);
      return lines.splice(0).map((line) => /less than (a day|\d+ days)/.exec(line)?.[1]);
    };
    expect(await announced(end - 14 * DAY_MS - 1)).toEqual([]);
    expect(await announced(end - 14 * DAY_MS)).toEqual(['14 days']);
    expect(await announced(end - 8 * DAY_MS)).toEqual([]);
    expect(await announced(end - 7 * DAY_MS)).toEqual(['7 days']);
    expect(await announced(end - 2 * DAY_MS)).toEqual([]);
    expect(await announced(end - DAY_MS)).toEqual(['a day']);
    expect(await announced(end - 1)).toEqual([]);
  });

  it('is announced at start by the next line only, which says what to do and not the token', async () => {
    await start(plain());
    now = (await endsAt()) - 3 * DAY_MS;
    await start(plain());
    await read();
    expect(lines).toEqual([
      expect.stringMatching(/ends in less than 7 days, at \d{4}-.*Make a new token.*DFNS_AUTH_TOKEN/),
    ]);
    expect(lines.join()).not.toContain(rotation.current.authToken);
  });

  it('is announced by each instance, and anew for another token', async () => {
    await start(functions());
    now = (await endsAt()) - DAY_MS;
    await read();
    rotation.rotate({ daysValid: 729.5 });
    await read();
    expect(lines).toHaveLength(2);
    await start(functions());
    expect(lines).toHaveLength(3);
  });
});

describe('checkOnStart', () => {
  const options = (more: Partial<DfnsAuthModuleOptions>) => {
    const { authToken, credId, privateKey } = rotation.current;
    return { serviceAccount: { authToken, credential: { credId, privateKey } }, http: { maxAttempts: 1 }, ...more };
  };

  it('sends nothing by default', async () => {
    await world.startInstance(options({}));
    expect(world.sandbox.requests).toEqual([]);
  });

  it.each(['warn', 'fail'] as const)(
    "'%s' makes one challenge and one signature, which change nothing",
    async (mode) => {
      await world.startInstance(options({ checkOnStart: mode }));
      expect(world.operations()).toEqual([INIT, EXCHANGE]);
      expect(JSON.parse(world.sandbox.requests[0]?.body as string)).toMatchObject({ userActionHttpMethod: 'GET' });
    },
  );

  const WRONG: [string, () => Partial<DfnsAuthModuleOptions>, RegExp][] = [
    [
      'a token that Dfns does not know',
      () => {
        rotation.end();
        return {};
      },
      /DFNS_SERVICE_ACCOUNT_REJECTED: POST \/auth\/action\/init was answered 401\. Check the token/,
    ],
    [
      'the key of somebody else',
      () => {
        const { authToken, credId } = rotation.current;
        const { privateKey = '' } = world.sandbox.createServiceAccount({});
        return { serviceAccount: { authToken, credential: { credId, privateKey } } };
      },
      /DFNS_SERVICE_ACCOUNT_REJECTED: POST \/auth\/action was answered 401/,
    ],
    [
      'the credential of somebody else',
      () => {
        const { authToken } = rotation.current;
        const { credId, privateKey = '' } = world.sandbox.createServiceAccount({});
        return { serviceAccount: { authToken, credential: { credId, privateKey } } };
      },
      /DFNS_CREDENTIAL_NOT_ALLOWED/,
    ],
    ['a Dfns that cannot be reached', () => ({ baseUrl: 'http://127.0.0.1:9' }), /DFNS_UNAVAILABLE: no connection/],
  ];

  it.each(WRONG)("'fail' stops the start with %s", async (_, more, message) => {
    const error = await failureOf(world.startInstance(options({ checkOnStart: 'fail', ...more() })));
    expect(error).toMatchObject({ code: 'DFNS_CONFIGURATION', message: expect.stringMatching(message) });
  });

  it.each(WRONG)("'warn' logs %s, and health is not up", async (_, more, message) => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    context = await world.startInstance(options({ checkOnStart: 'warn', ...more() }));
    expect(warn.mock.calls).toEqual([[expect.stringMatching(message)]]);
    expect((await health()).status).not.toBe('up');
  });
});
