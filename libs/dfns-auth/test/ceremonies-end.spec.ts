import { beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { Keyv } from 'keyv';
import {
  createKeyCredential,
  DelegatedAuthService,
  DelegatedCeremonies,
  KeySigner,
  KeyvCeremonyStore,
} from 'nestjs-dfns-auth';
import { optionsFor } from './support/library-instance.js';
import { credentialsOf, newKey, newPerson } from './support/person-keys.js';
import { tokenWith } from './support/token-claims.js';
import { useSandbox, useSandboxForEachTest } from './support/use-sandbox.js';

const WALLET = { method: 'POST' as const, path: '/wallets', body: { network: 'Solana' } };
const MINUTE = 60_000;
const LIFETIME_MS = 10 * MINUTE;
const INVALID = { code: 'DFNS_CEREMONY_INVALID' };

let now: number;

/** Registers ada in a sandbox. Returns functions that begin a ceremony, and then answer it. */
function adaOf(world: ReturnType<typeof useSandbox>) {
  const { credId = '', privateKey = '' } = world.sandbox.createUser({ username: 'ada' });
  const signer = new KeySigner({ credId, privateKey });
  return {
    action: async (context: TestingModule) => {
      const { ceremonyId, challenge, expiresAt } = await context.get(DelegatedCeremonies).beginAction('ada', WALLET);
      const assertion = await signer.sign({ ...challenge, challengeIdentifier: '' });
      const answer = (on = context) => on.get(DelegatedCeremonies).finishAction('ada', ceremonyId, assertion);
      return { expiresAt: Date.parse(expiresAt), answer };
    },
    credential: async (context: TestingModule) => {
      const ceremonies = context.get(DelegatedCeremonies);
      const { ceremonyId, challenge, expiresAt } = await ceremonies.beginCredential('ada', 'Key');
      const options = { credentialKind: 'Key', credentialName: 'n', ...newKey(`key ${Math.random()}`) } as const;
      const made = createKeyCredential(challenge.challenge, options);
      return {
        expiresAt: Date.parse(expiresAt),
        answer: () => ceremonies.beginCredentialAction('ada', ceremonyId, made),
      };
    },
  };
}

describe('a ceremony ends with the token that it rests on:', () => {
  const world = useSandboxForEachTest({ now: () => now });
  let ada: ReturnType<typeof adaOf>;
  let context: TestingModule;
  /** When the token of ada ends. */
  let end: number;

  beforeEach(async () => {
    now = Math.floor(Date.now() / 1_000) * 1_000;
    ada = adaOf(world);
    context = await world.startInstance({ tokens: { leewayMs: 0, refreshAheadMs: 0 } });
    await context.get(DelegatedAuthService).getToken('ada');
    end = now + 60 * MINUTE;
  });

  it.each(['action', 'credential'] as const)('an %s', async (kind) => {
    now = end - LIFETIME_MS - 1;
    expect((await ada[kind](context)).expiresAt).toBe(now + LIFETIME_MS);
    now = end - MINUTE;
    const [inTime, late] = [await ada[kind](context), await ada[kind](context)];
    expect([inTime.expiresAt, late.expiresAt]).toEqual([end, end]);
    now = end - 1;
    await inTime.answer();
    now = end;
    const before = world.sandbox.requests.length;
    await expect(late.answer()).rejects.toMatchObject(INVALID);
    expect(world.operations(before)).toEqual([]);
  });

  it('not if the token has ended by our clock, but Dfns accepts it: then the clocks disagree', async () => {
    const ahead = await world.startInstance({}, () => now + 90 * MINUTE);
    const { expiresAt, answer } = await ada.action(ahead);
    expect(expiresAt).toBe(now + 90 * MINUTE + LIFETIME_MS);
    await answer();
  });
});

describe('a registration ends with its temporary token', () => {
  const world = useSandboxForEachTest({ now: () => now, lifetimes: { temporaryTokenMs: 5 * MINUTE } });

  it('and its kept challenge, too', async () => {
    now = Math.floor(Date.now() / 1_000) * 1_000;
    const ceremonies = (await world.startInstance()).get(DelegatedCeremonies);
    const { ceremonyId, challenge, expiresAt } = await ceremonies.beginRegistration('bea');
    expect(Date.parse(expiresAt)).toBe(now + 5 * MINUTE);
    now += MINUTE;
    await expect(ceremonies.beginRegistration('bea')).resolves.toMatchObject({ expiresAt, challenge });
    now += 4 * MINUTE;
    const before = world.sandbox.requests.length;
    const credentials = credentialsOf(newPerson('bea'), challenge.challenge);
    await expect(ceremonies.finishRegistration('bea', ceremonyId, credentials)).rejects.toMatchObject(INVALID);
    expect(world.operations(before)).toEqual([]);
    // This Dfns cannot restart a registration.
    await expect(ceremonies.beginRegistration('bea')).rejects.toMatchObject({ code: 'DFNS_NOT_FOUND' });
  });
});

describe('an open circuit', () => {
  const world = useSandboxForEachTest({ now: () => now });

  beforeEach(() => {
    now = Date.now();
  });

  it.each(['action', 'credential'] as const)('uses up no ceremony: the same answer works later (%s)', async (kind) => {
    const ada = adaOf(world);
    const context = await world.startInstance({ http: { maxAttempts: 1 } });
    const { answer } = await ada[kind](context);
    const init = 'POST /auth/action/init';
    world.sandbox.faults.add({ on: init, kind: 'status', status: 503, times: 10 });
    for (let i = 0; i < 10; i += 1)
      await context
        .get(DelegatedAuthService)
        .login({ username: 'ada' })
        .catch(() => {});
    const before = world.sandbox.requests.length;
    for (let i = 0; i < 2; i += 1) {
      await expect(answer()).rejects.toMatchObject({ code: 'DFNS_UNAVAILABLE', mayHaveHappened: false });
    }
    expect(world.operations(before)).toEqual([]);
    now += 5_001;
    await answer();
    await expect(answer()).rejects.toMatchObject(INVALID);
  });
});

describe('two organisations that share a store without orgId', () => {
  const world = useSandbox();
  const other = useSandbox();

  it('are kept apart by the organisation that the token names', async () => {
    const store = new KeyvCeremonyStore(new Keyv(), { keys: [{ id: 'a', key: Buffer.alloc(32, 1) }] });
    const shared = { ceremonies: { store }, orgId: undefined };
    const ada = adaOf(world);
    const [context, twin] = [await world.startInstance(shared), await world.startInstance(shared)];
    const stranger = await world.startInstance({
      ...shared,
      serviceAccount: optionsFor(other.sandbox).serviceAccount,
    });
    const { answer } = await ada.action(context);
    await expect(answer(stranger)).rejects.toMatchObject(INVALID);
    await expect(answer(twin)).resolves.toMatchObject({ network: 'Solana' });
  });

  it('do not start if the token does not name its organisation', async () => {
    const { serviceAccount } = optionsFor(world.sandbox);
    const store = new KeyvCeremonyStore(new Keyv(), { keys: [{ id: 'a', key: Buffer.alloc(32, 1) }] });
    const nameless = { serviceAccount: { ...serviceAccount, authToken: tokenWith({}) }, orgId: undefined };
    await expect(world.startInstance({ ...nameless, ceremonies: { store } })).rejects.toMatchObject({
      code: 'DFNS_CONFIGURATION',
      message: expect.stringContaining('ceremonies.store needs orgId'),
    });
    await expect(world.startInstance(nameless)).resolves.toBeDefined();
  });
});
