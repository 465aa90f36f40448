import { beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import {
  createKeyCredential,
  DelegatedAuthService,
  DelegatedCeremonies,
  type DfnsCredential,
  KeySigner,
  type PublicUserActionChallenge,
  signRecovery,
  type UserActionChallenge,
  type Wallet,
} from 'nestjs-dfns-auth';
import { credentialsOf, newKey, newPerson, type Person } from './support/person-keys.js';
import { useSandbox } from './support/use-sandbox.js';

const WALLET = { method: 'POST' as const, path: '/wallets', body: { network: 'EthereumSepolia', name: 'né "1"' } };
const LIFETIME_MS = 600_000;

let now = Date.now();
const world = useSandbox({ restart: true, now: () => now });
let context: TestingModule;
let ceremonies: DelegatedCeremonies;

beforeAll(async () => {
  context = await world.startInstance();
  ceremonies = context.get(DelegatedCeremonies);
});

/** Registers a person through a ceremony. */
async function registered(username: string): Promise<Person> {
  const person = newPerson(username);
  const { ceremonyId, challenge } = await ceremonies.beginRegistration(username);
  await ceremonies.finishRegistration(username, ceremonyId, credentialsOf(person, challenge.challenge));
  return person;
}

const signed = ({ key }: Person, challenge: PublicUserActionChallenge) =>
  new KeySigner(key).sign(challenge as UserActionChallenge);

/** Expects that a ceremony is refused with this code, and that the library sends no request. */
async function expectInvalid(answer: () => Promise<unknown>): Promise<void> {
  const before = world.sandbox.requests.length;
  await expect(answer()).rejects.toMatchObject({ code: 'DFNS_CEREMONY_INVALID' });
  expect(world.operations(before)).toEqual([]);
}

/** Expects that a value for the browser contains no secret of the sandbox. */
function expectPublic(answer: unknown): void {
  const text = JSON.stringify(answer);
  expect(world.sandbox.secrets.filter((secret) => text.includes(secret))).toEqual([]);
  expect(text).not.toMatch(/temporaryAuthenticationToken|challengeIdentifier|authentication"/);
}

describe('a registration ceremony', () => {
  it('registers a user, and gives no secret to the browser', async () => {
    const ceremony = await ceremonies.beginRegistration('ada', { externalId: 'row-1' });
    expectPublic(ceremony);
    expect(ceremony).toMatchObject({
      ceremonyId: expect.stringMatching(/^[\w-]{43}$/),
      expiresAt: new Date(now + LIFETIME_MS).toISOString(),
      challenge: { user: { name: 'ada' }, pubKeyCredParams: expect.any(Array), excludeCredentials: [] },
    });
    const credentials = credentialsOf(newPerson('ada'), ceremony.challenge.challenge);
    const result = await ceremonies.finishRegistration('ada', ceremony.ceremonyId, credentials);
    expectPublic(result);
    expect(result).toEqual({
      credential: { uuid: expect.stringMatching(/^cr-/), kind: 'Key', name: 'Default Credential' },
      user: { id: expect.stringMatching(/^us-/), username: 'ada', orgId: world.sandbox.orgId },
    });
    expect(world.sandbox.user('ada')).toMatchObject({ isRegistered: true, externalId: 'row-1' });
  });

  it('creates the wallets that its begin asked for', async () => {
    const { ceremonyId, challenge } = await ceremonies.beginRegistration('bea', { wallets: [{ network: 'Solana' }] });
    const credentials = credentialsOf(newPerson('bea'), challenge.challenge);
    const result = await ceremonies.finishRegistration('bea', ceremonyId, credentials);
    expectPublic(result);
    expect(result.wallets).toMatchObject([{ network: 'Solana', custodial: false }]);
  });

  it('does not begin with wallets of a wrong form', async () => {
    const before = world.sandbox.requests.length;
    for (const wallets of [[{ network: '' }], [{ network: 'Solana', delegateTo: 'us-1' }], {}, [[]], null]) {
      await expect(ceremonies.beginRegistration('nobody', { wallets: wallets as never })).rejects.toMatchObject({
        code: 'DFNS_BAD_REQUEST',
        message: expect.stringContaining('wallets'),
      });
    }
    expect(world.operations(before)).toEqual([]);
  });

  it('restarts for a user who did not finish the registration', async () => {
    const left = await ceremonies.beginRegistration('cleo');
    const before = world.sandbox.requests.length;
    const { ceremonyId, challenge } = await ceremonies.beginRegistration('cleo');
    expect(world.operations(before).filter((operation) => !operation.startsWith('POST /auth/action'))).toEqual([
      'POST /auth/registration/delegated',
      expect.stringMatching(/^GET \/auth\/users\?/),
      'POST /auth/registration/delegated/restart',
    ]);
    const credentials = credentialsOf(newPerson('cleo'), challenge.challenge);
    await ceremonies.finishRegistration('cleo', ceremonyId, credentials);
    await expect(ceremonies.finishRegistration('cleo', left.ceremonyId, credentials)).rejects.toMatchObject({
      code: 'DFNS_USER_UNAUTHORIZED',
    });
    await expect(ceremonies.beginRegistration('cleo')).rejects.toMatchObject({ code: 'DFNS_USER_EXISTS' });
  });

  it('continues with the earlier challenge until it expires, when Dfns has no endpoint for the restart', async () => {
    const on = 'POST /auth/registration/delegated/restart';
    world.sandbox.faults.add({ on, times: 4, kind: 'status', status: 404, message: 'Not Found' });
    const left = await ceremonies.beginRegistration('ella');
    now += LIFETIME_MS - 1;
    const again = await ceremonies.beginRegistration('ella');
    expect(again).toEqual({ ...left, ceremonyId: expect.not.stringContaining(left.ceremonyId) });
    const wrong = credentialsOf(newPerson('ella'), 'another challenge');
    await expect(ceremonies.finishRegistration('ella', again.ceremonyId, wrong)).rejects.toMatchObject({
      code: 'DFNS_USER_UNAUTHORIZED',
    });
    const { ceremonyId, challenge } = await ceremonies.beginRegistration('ella');
    const credentials = credentialsOf(newPerson('ella'), challenge.challenge);
    await ceremonies.finishRegistration('ella', ceremonyId, credentials);
    await expect(ceremonies.finishRegistration('ella', left.ceremonyId, credentials)).rejects.toMatchObject({
      code: 'DFNS_USER_UNAUTHORIZED',
    });
    await ceremonies.beginRegistration('late ella');
    now += LIFETIME_MS;
    await expect(ceremonies.beginRegistration('late ella')).rejects.toMatchObject({ code: 'DFNS_NOT_FOUND' });
  });

  it('fails with a clear message when Dfns has no endpoint for the restart', async () => {
    world.sandbox.createUser({ username: 'dora', registered: false });
    const on = 'POST /auth/registration/delegated/restart';
    world.sandbox.faults.add({ on, kind: 'status', status: 404, message: 'Not Found' });
    await expect(ceremonies.beginRegistration('dora')).rejects.toMatchObject({
      code: 'DFNS_NOT_FOUND',
      message: expect.stringContaining('restart'),
    });
  });

  it.each([
    ['reset', undefined],
    ['reset', [{ network: 'Solana', name: 'w' }]],
    ['truncate', undefined],
  ] as const)(
    'whose answer is lost by %s (wallets: %j) is not sent again; the library looks up the result',
    async (kind, wallets) => {
      const username = `lost by ${kind} ${wallets?.length}`;
      const on = wallets ? 'POST /auth/registration/enduser' : 'POST /auth/registration';
      const { ceremonyId, challenge } = await ceremonies.beginRegistration(username, {
        wallets: wallets && [...wallets],
      });
      const credentials = credentialsOf(newPerson(username), challenge.challenge);
      world.sandbox.faults.add(kind === 'reset' ? { on, kind, when: 'after' } : { on, kind });
      const before = world.sandbox.requests.length;
      const result = await ceremonies.finishRegistration(username, ceremonyId, credentials);
      expectPublic(result);
      const user = world.sandbox.user(username);
      expect(result).toEqual({
        credential: { uuid: user?.credentials[0]?.credentialUuid, kind: 'Key', name: 'Default Credential' },
        user: { id: user?.userId, username, orgId: world.sandbox.orgId },
        ...(wallets && { wallets: [expect.objectContaining({ ...wallets[0], custodial: false })] }),
      });
      expect(world.operations(before).filter((operation) => operation === on)).toHaveLength(1);
    },
  );

  it('that Dfns did not perform fails with the first error', async () => {
    const { ceremonyId, challenge } = await ceremonies.beginRegistration('emmy');
    world.sandbox.faults.add({ on: 'POST /auth/registration', kind: 'status', status: 503 });
    const credentials = credentialsOf(newPerson('emmy'), challenge.challenge);
    await expect(ceremonies.finishRegistration('emmy', ceremonyId, credentials)).rejects.toMatchObject({
      code: 'DFNS_UNAVAILABLE',
      operation: 'POST /auth/registration',
    });
    expect(world.sandbox.user('emmy')?.isRegistered).toBe(false);
  });

  it('does not count as complete when another person registered the name', async () => {
    const { ceremonyId, challenge } = await ceremonies.beginRegistration('fay');
    const other = await context.get(DelegatedAuthService).restartRegistration({ email: 'fay', kind: 'EndUser' });
    await context
      .get(DelegatedAuthService)
      .completeRegistration(other.temporaryAuthenticationToken, credentialsOf(newPerson('other'), other.challenge));
    world.sandbox.faults.add({ on: 'POST /auth/registration', kind: 'status', status: 502 });
    const credentials = credentialsOf(newPerson('fay'), challenge.challenge);
    await expect(ceremonies.finishRegistration('fay', ceremonyId, credentials)).rejects.toMatchObject({
      code: 'DFNS_UNAVAILABLE',
    });
  });
});

describe('a user action ceremony', () => {
  it('performs exactly the text that was signed', async () => {
    const person = await registered('gina');
    const { ceremonyId, challenge } = await ceremonies.beginAction('gina', WALLET);
    expectPublic(challenge);
    expect(challenge.allowCredentials).toEqual({
      key: [{ type: 'public-key', id: person.key.credId }],
      webauthn: [],
      passwordProtectedKey: [],
    });
    const before = world.sandbox.requests.length;
    const wallet = await ceremonies.finishAction<Wallet>('gina', ceremonyId, await signed(person, challenge));
    expect(wallet).toMatchObject({ name: 'né "1"', custodial: false });
    expect(world.operations(before)).toEqual(['POST /auth/action', 'POST /wallets']);
    expect(world.sandbox.requests.at(-1)?.body).toBe(JSON.stringify(WALLET.body));
  });

  it('accepts the answer with all factors', async () => {
    const person = await registered('hedy');
    const { ceremonyId, challenge } = await ceremonies.beginAction('hedy', WALLET);
    const factor = await signed(person, challenge);
    const assertion = { firstFactor: factor, secondFactor: factor };
    await ceremonies.finishAction('hedy', ceremonyId, assertion);
    expect(JSON.parse(world.sandbox.requests.at(-2)?.body ?? '')).toEqual({
      challengeIdentifier: expect.any(String),
      ...assertion,
    });
  });

  it('begins again with a new login when Dfns refuses the kept token', async () => {
    const person = await registered('ida');
    await context.get(DelegatedAuthService).getToken('ida');
    world.sandbox.faults.add({ on: 'POST /auth/action/init', kind: 'status', status: 401, message: 'Not Authorized.' });
    const before = world.sandbox.requests.length;
    const { ceremonyId, challenge } = await ceremonies.beginAction('ida', WALLET);
    expect(world.operations(before)).toEqual([
      'POST /auth/action/init',
      'POST /auth/action/init',
      'POST /auth/action',
      'POST /auth/login/delegated',
      'POST /auth/action/init',
    ]);
    await ceremonies.finishAction('ida', ceremonyId, await signed(person, challenge));
  });

  it.each([
    ['status', 429, 'DFNS_RATE_LIMITED'],
    ['status', 503, 'DFNS_UNAVAILABLE'],
    ['reset', undefined, 'DFNS_UNAVAILABLE'],
  ] as const)('is sent only once, also when it fails with %s %s', async (kind, status, code) => {
    const username = `once ${kind} ${status}`;
    const person = await registered(username);
    const { ceremonyId, challenge } = await ceremonies.beginAction(username, WALLET);
    const assertion = await signed(person, challenge);
    const on = 'POST /wallets';
    world.sandbox.faults.add(status ? { on, kind: 'status', status } : { on, kind: 'reset', when: 'after' });
    const before = world.sandbox.requests.length;
    await expect(ceremonies.finishAction(username, ceremonyId, assertion)).rejects.toMatchObject({ code });
    expect(world.operations(before)).toEqual(['POST /auth/action', on]);
    await expectInvalid(() => ceremonies.finishAction(username, ceremonyId, assertion));
  });

  it('is refused for a signature under another challenge', async () => {
    const person = await registered('jane');
    const [one, other] = [await ceremonies.beginAction('jane', WALLET), await ceremonies.beginAction('jane', WALLET)];
    const assertion = await signed(person, other.challenge);
    const before = world.sandbox.requests.length;
    await expect(ceremonies.finishAction('jane', one.ceremonyId, assertion)).rejects.toMatchObject({
      code: 'DFNS_USER_ACTION_REJECTED',
    });
    expect(world.operations(before)).toEqual(['POST /auth/action']);
  });

  it('does not begin with a request that cannot be signed', async () => {
    for (const path of ['wallets', '//wallets', '/wallets/../users', 'https://elsewhere.test/']) {
      await expect(ceremonies.beginAction('jane', { ...WALLET, path })).rejects.toMatchObject({
        code: 'DFNS_BAD_REQUEST',
      });
    }
  });

  it.each([
    ['supportedCredentialKinds', { supportedCredentialKinds: [{ kind: 'Key' }] }],
    ['rp.name', { rp: { id: 'localhost' } }],
    ['encryptedPrivateKey', { allowCredentials: { key: [], passwordProtectedKey: [{ id: 'x' }] } }],
  ])('refuses a challenge without a proper %s', async (member, spoilt) => {
    await registered(`spoilt ${member}`);
    const good = {
      challenge: 'Y2g',
      challengeIdentifier: 'x',
      supportedCredentialKinds: [],
      allowCredentials: { key: [] },
    };
    await context.get(DelegatedAuthService).getToken(`spoilt ${member}`);
    const body = JSON.stringify({ ...good, ...spoilt });
    world.sandbox.faults.add({ on: 'POST /auth/action/init', kind: 'status', status: 200, body });
    await expect(ceremonies.beginAction(`spoilt ${member}`, WALLET)).rejects.toMatchObject({
      code: 'DFNS_MALFORMED_RESPONSE',
      message: expect.stringContaining(member),
    });
  });
});

describe('a credential ceremony', () => {
  it('adds a credential that can sign, after the user approved it with an existing one', async () => {
    const person = await registered('kate');
    const made = await ceremonies.beginCredential('kate', 'Key');
    expectPublic(made);
    const key = newKey('kate phone');
    const options = { credentialKind: 'Key', credentialName: 'phone', ...key } as const;
    const credential = createKeyCredential(made.challenge.challenge, options);
    const approval = await ceremonies.beginCredentialAction('kate', made.ceremonyId, credential);
    expectPublic(approval);
    const assertion = await signed(person, approval.challenge);
    const added = await ceremonies.finishAction<DfnsCredential>('kate', approval.ceremonyId, assertion);
    expect(added).toMatchObject({ kind: 'Key', name: 'phone', credentialId: key.credId, isActive: true });
    const { ceremonyId, challenge } = await ceremonies.beginAction('kate', WALLET);
    await ceremonies.finishAction('kate', ceremonyId, await signed({ ...person, key }, challenge));
  });

  it('gives the browser the options of a passkey', async () => {
    await registered('lise');
    const { challenge } = await ceremonies.beginCredential('lise', 'Fido2');
    expect(challenge).toMatchObject({ kind: 'Fido2', authenticatorSelection: {}, excludeCredentials: [] });
  });
});

describe('a recovery ceremony', () => {
  it('replaces the credentials of the user', async () => {
    const { recoveryKey, key } = await registered('mary');
    const ceremony = await ceremonies.beginRecovery('mary', recoveryKey.credId);
    expectPublic(ceremony);
    expect(ceremony.challenge.allowedRecoveryCredentials).toEqual([
      { id: recoveryKey.credId, encryptedRecoveryKey: 'opaque to Dfns' },
    ]);
    const renewed = newPerson('mary again');
    const recovery = signRecovery(recoveryKey, credentialsOf(renewed, ceremony.challenge.challenge));
    expectPublic(await ceremonies.finishRecovery('mary', ceremony.ceremonyId, recovery));
    const { challenge } = await ceremonies.beginAction('mary', WALLET);
    expect(challenge.allowCredentials.key.map(({ id }) => id)).toEqual([renewed.key.credId]);
    await expect(signed({ key, recoveryKey }, challenge)).rejects.toMatchObject({
      code: 'DFNS_CREDENTIAL_NOT_ALLOWED',
    });
  });
});

describe('every ceremony', () => {
  /** Begins one ceremony of each kind. Returns a function that answers it. */
  const KINDS = {
    registration: async (username: string) => {
      const { ceremonyId, challenge } = await ceremonies.beginRegistration(username);
      const credentials = credentialsOf(newPerson(username), challenge.challenge);
      return {
        ceremonyId,
        answer: (as: string, id = ceremonyId) => ceremonies.finishRegistration(as, id, credentials),
      };
    },
    recovery: async (username: string) => {
      const { recoveryKey } = await registered(username);
      const { ceremonyId, challenge } = await ceremonies.beginRecovery(username, recoveryKey.credId);
      const recovery = signRecovery(recoveryKey, credentialsOf(newPerson(`${username} again`), challenge.challenge));
      return { ceremonyId, answer: (as: string, id = ceremonyId) => ceremonies.finishRecovery(as, id, recovery) };
    },
    action: async (username: string) => {
      const person = await registered(username);
      const { ceremonyId, challenge } = await ceremonies.beginAction(username, WALLET);
      const assertion = await signed(person, challenge);
      return { ceremonyId, answer: (as: string, id = ceremonyId) => ceremonies.finishAction(as, id, assertion) };
    },
    credential: async (username: string) => {
      await registered(username);
      const { ceremonyId, challenge } = await ceremonies.beginCredential(username, 'Key');
      const options = { credentialKind: 'Key', credentialName: 'n', ...newKey(`${username} 2`) } as const;
      const credential = createKeyCredential(challenge.challenge, options);
      return {
        ceremonyId,
        answer: (as: string, id = ceremonyId) => ceremonies.beginCredentialAction(as, id, credential),
      };
    },
  };
  const kinds = Object.keys(KINDS) as (keyof typeof KINDS)[];

  it.each(kinds)('can be answered once: %s', async (kind) => {
    const { answer } = await KINDS[kind](`once ${kind}`);
    await answer(`once ${kind}`);
    await expectInvalid(() => answer(`once ${kind}`));
  });

  it.each(kinds)('can be answered once, also by two answers at the same time: %s', async (kind) => {
    const { answer } = await KINDS[kind](`race ${kind}`);
    const results = await Promise.allSettled([answer(`race ${kind}`), answer(`race ${kind}`)]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it.each(kinds)('cannot be answered after its end: %s', async (kind) => {
    const { answer } = await KINDS[kind](`late ${kind}`);
    now += LIFETIME_MS;
    await expectInvalid(() => answer(`late ${kind}`));
  });

  it.each(kinds)('can be answered only by its user, also after a stranger sent an answer: %s', async (kind) => {
    const { answer } = await KINDS[kind](`mine ${kind}`);
    await expectInvalid(() => answer(`stranger to ${kind}`));
    await answer(`mine ${kind}`);
  });

  it.each(kinds)('can be answered only with its id: %s', async (kind) => {
    const { answer } = await KINDS[kind](`id ${kind}`);
    for (const id of ['', 'x', '__proto__', null, {}, ['x']]) {
      await expectInvalid(() => answer(`id ${kind}`, id as string));
    }
  });

  it.each(kinds)('can be answered only with an answer of its kind: %s', async (kind) => {
    const { ceremonyId, answer } = await KINDS[kind](`own ${kind}`);
    for (const other of kinds.filter((name) => name !== kind)) {
      const { answer: answerOther } = await KINDS[other](`${other} for ${kind}`);
      await expectInvalid(() => answerOther(`own ${kind}`, ceremonyId));
    }
    await answer(`own ${kind}`);
  });

  it('stays open after an answer of a wrong form, and sends no request', async () => {
    const { answer } = await KINDS.action('typo');
    const { ceremonyId } = await ceremonies.beginAction('typo', WALLET);
    const before = world.sandbox.requests.length;
    for (const wrong of [{}, null, 'x', [], { kind: 'Key' }, { firstFactor: [] }, { firstFactor: { kind: 'Totp' } }]) {
      await expect(ceremonies.finishAction('typo', ceremonyId, wrong as never)).rejects.toMatchObject({
        code: 'DFNS_BAD_REQUEST',
      });
    }
    const withBody = { firstFactor: { kind: 'Key', credentialAssertion: {} }, body: { network: 'Bitcoin' } };
    await expect(ceremonies.finishAction('typo', ceremonyId, withBody as never)).rejects.toMatchObject({
      code: 'DFNS_BAD_REQUEST',
      message: expect.stringContaining('body'),
    });
    expect(world.operations(before)).toEqual([]);
    await answer('typo');
  });

  it.each(['', 7, undefined, null, ['ada'], 'x'.repeat(501)])('refuses the username %j', async (username) => {
    const before = world.sandbox.requests.length;
    const name = username as string;
    for (const begin of [
      () => ceremonies.beginRegistration(name),
      () => ceremonies.beginRecovery(name, 'x'),
      () => ceremonies.beginAction(name, WALLET),
      () => ceremonies.beginCredential(name, 'Key'),
    ]) {
      await expect(begin()).rejects.toMatchObject({ code: 'DFNS_BAD_REQUEST' });
    }
    expect(world.operations(before)).toEqual([]);
  });
});
