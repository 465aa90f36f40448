import { getEventListeners, once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import {
  type CallOptions,
  createKeyCredential,
  DelegatedAuthService,
  DelegatedCeremonies,
  DfnsCredentials,
  DfnsPermissions,
  DfnsPersonalAccessTokens,
  DfnsServiceAccounts,
  DfnsUsers,
  KeySigner,
  signRecovery,
  UserActionSigner,
} from 'nestjs-dfns-auth';
import { failureOf } from './support/failure-of.js';
import { credentialsOf, newKey, newPerson } from './support/person-keys.js';
import { processResources, processResourcesAfter } from './support/process-resources.js';
import { useSandbox } from './support/use-sandbox.js';
import { waitUntil } from './support/wait-until.js';

const ACTION = { method: 'POST' as const, path: '/wallets', body: { network: 'Solana' } };
const DEADLINE_MS = 60;

const world = useSandbox({ restart: true });
let context: TestingModule;
let ceremonies: DelegatedCeremonies;

beforeAll(async () => {
  for (let i = 0; i < 450; i += 1) world.sandbox.createUser({ username: `user-${i}`, registered: false });
  world.sandbox.createUser({ username: 'ada' });
  context = await world.startInstance();
  ceremonies = context.get(DelegatedCeremonies);
});

type Call = (options: CallOptions) => Promise<unknown>;

/** Credentials and signatures of the right form. No request with them arrives. */
const credentials = credentialsOf(newPerson('nobody'), 'Y2g');
const NAMED = { credentialKind: 'Key', credentialName: 'n' } as const;
const created = createKeyCredential('Y2g', { ...NAMED, ...newKey('n') });
const NEW_TOKEN = { name: 'x', publicKey: '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----' };
const recovery = signRecovery(newKey('r'), credentials);
const token = () => world.sandbox.issueUserToken('ada');

/** Calls that ask Dfns right away: each public method, except those that need an open ceremony. */
const CALLS: Record<string, Call> = {
  'DelegatedCeremonies.beginRegistration': (options) => ceremonies.beginRegistration('x', {}, options),
  'DelegatedCeremonies.beginRecovery': (options) => ceremonies.beginRecovery('ada', 'x', options),
  'DelegatedCeremonies.beginAction': (options) => ceremonies.beginAction('ada', ACTION, options),
  'DelegatedCeremonies.beginCredential': (options) => ceremonies.beginCredential('ada', 'Key', options),
  'DelegatedAuthService.login': (options) => auth().login({ username: 'ada' }, options),
  'DelegatedAuthService.getToken': (options) => auth().getToken('unknown', options),
  'DelegatedAuthService.withToken': (options) => auth().withToken('unknown', async () => {}, options),
  'DelegatedAuthService.createRegistrationChallenge': (options) =>
    auth().createRegistrationChallenge({ email: 'x', kind: 'EndUser' }, options),
  'DelegatedAuthService.restartRegistration': (options) =>
    auth().restartRegistration({ email: 'x', kind: 'EndUser' }, options),
  'DelegatedAuthService.completeRegistration': (options) => auth().completeRegistration(token(), credentials, options),
  'DelegatedAuthService.completeEndUserRegistration': (options) =>
    auth().completeEndUserRegistration(token(), { ...credentials, wallets: [{ network: 'Solana' }] }, options),
  'DelegatedAuthService.createRecoveryChallenge': (options) =>
    auth().createRecoveryChallenge({ username: 'ada', credentialId: 'x' }, options),
  'DelegatedAuthService.recover': (options) => auth().recover(token(), recovery, options),
  'DfnsUsers.list': (options) => users().list({}, options),
  'DfnsUsers.all': (options) => users().all({}, options).next(),
  'DfnsUsers.findByUsername': (options) => users().findByUsername('ada', options),
  'DfnsUsers.get': (options) => users().get('us-1', options),
  'DfnsUsers.activate': (options) => users().activate('us-1', options),
  'DfnsUsers.deactivate': (options) => users().deactivate('us-1', options),
  'DfnsUsers.archive': (options) => users().archive('us-1', options),
  'DfnsCredentials.list': (options) => own().list({ userToken: token() }, options),
  'DfnsCredentials.createChallenge': (options) => own().createChallenge({ userToken: token() }, 'Key', options),
  'DfnsCredentials.create': (options) =>
    own().create({ userToken: token() }, { ...created, challengeIdentifier: 'x' }, 'action', options),
  'DfnsCredentials.activate': (options) => own().activate({ userToken: token() }, 'cr-1', 'action', options),
  'DfnsCredentials.deactivate': (options) => own().deactivate({ userToken: token() }, 'cr-1', 'action', options),
  'DfnsUsers.invite': (options) => users().invite({ email: 'a@b.test' }, options),
  'DfnsUsers.update': (options) => users().update('us-1', { isSSORequired: true }, options),
  'DfnsServiceAccounts.list': (options) => accounts().list(options),
  'DfnsServiceAccounts.get': (options) => accounts().get('us-1', options),
  'DfnsServiceAccounts.create': (options) => accounts().create({ userToken: token() }, NEW_TOKEN, 'action', options),
  'DfnsServiceAccounts.update': (options) => accounts().update('us-1', { name: 'x' }, options),
  'DfnsServiceAccounts.activate': (options) => accounts().activate('us-1', options),
  'DfnsServiceAccounts.deactivate': (options) => accounts().deactivate('us-1', {}, options),
  'DfnsServiceAccounts.archive': (options) => accounts().archive('us-1', {}, options),
  'DfnsPersonalAccessTokens.list': (options) => pats().list('ada', options),
  'DfnsPersonalAccessTokens.get': (options) => pats().get('ada', 'to-1', options),
  'DfnsPersonalAccessTokens.create': (options) => pats().create('ada', NEW_TOKEN, 'action', options),
  'DfnsPersonalAccessTokens.update': (options) => pats().update('ada', 'to-1', { name: 'x' }, 'action', options),
  'DfnsPersonalAccessTokens.activate': (options) => pats().activate('ada', 'to-1', 'action', options),
  'DfnsPersonalAccessTokens.deactivate': (options) => pats().deactivate('ada', 'to-1', 'action', options),
  'DfnsPersonalAccessTokens.archive': (options) => pats().archive('ada', 'to-1', 'action', options),
  'DfnsPermissions.list': (options) => permissions().list({}, options),
  'DfnsPermissions.all': (options) => permissions().all(options).next(),
  'DfnsPermissions.get': (options) => permissions().get('pm-1', options),
  'DfnsPermissions.create': (options) => permissions().create({ name: 'x', operations: ['Wallets:Read'] }, options),
  'DfnsPermissions.update': (options) => permissions().update('pm-1', { name: 'x' }, options),
  'DfnsPermissions.archive': (options) => permissions().archive('pm-1', options),
  'DfnsPermissions.unarchive': (options) => permissions().unarchive('pm-1', options),
  'DfnsPermissions.listAssignments': (options) => permissions().listAssignments('pm-1', {}, options),
  'DfnsPermissions.allAssignments': (options) => permissions().allAssignments('pm-1', options).next(),
  'DfnsPermissions.assign': (options) => permissions().assign('pm-1', 'us-1', options),
  'DfnsPermissions.revoke': (options) => permissions().revoke('pm-1', 'as-1', {}, options),
  'UserActionSigner.sign': (options) => context.get(UserActionSigner).sign(ACTION, options),
};
const auth = () => context.get(DelegatedAuthService);
const users = () => context.get(DfnsUsers);
const own = () => context.get(DfnsCredentials);
const accounts = () => context.get(DfnsServiceAccounts);
const pats = () => context.get(DfnsPersonalAccessTokens);
const permissions = () => context.get(DfnsPermissions);

describe.each(Object.entries(CALLS))('%s', (_, call) => {
  it('sends nothing when its signal is aborted already', async () => {
    const before = world.sandbox.requests.length;
    await expect(call({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'DFNS_ABORTED' });
    expect(world.operations(before)).toEqual([]);
  });

  it('ends at its deadline', async () => {
    world.sandbox.faults.add({ on: '*', kind: 'hang', times: Number.POSITIVE_INFINITY });
    await expect(call({ deadlineMs: DEADLINE_MS })).rejects.toMatchObject({
      code: 'DFNS_TIMEOUT',
      message: `the call did not end within its deadline of ${DEADLINE_MS} ms`,
    });
  });

  it.each<[string, unknown, string]>([
    ['a deadline that is text', { deadlineMs: '3000' }, 'deadlineMs must be a number of milliseconds'],
    ['a deadline that is no number', { deadlineMs: Number.NaN }, 'deadlineMs must be a number of milliseconds'],
    ['a controller instead of its signal', { signal: new AbortController() }, 'signal must be an AbortSignal'],
  ])('says what is wrong with %s, and sends nothing', async (_what, options, message) => {
    const before = world.sandbox.requests.length;
    await expect(call(options as CallOptions)).rejects.toMatchObject({
      code: 'DFNS_BAD_REQUEST',
      message: expect.stringContaining(message),
    });
    expect(world.operations(before)).toEqual([]);
  });
});

describe('one signal for many calls', () => {
  const MANY = 200;

  it('ends all of them, with one listener while they wait and none afterwards', async () => {
    world.sandbox.faults.add({ on: '*', kind: 'hang', times: Number.POSITIVE_INFINITY });
    const controller = new AbortController();
    const { signal } = controller;
    const calls = Array.from({ length: MANY }, (_, i) => failureOf(users().get(`us-${i}`, { signal })));
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    controller.abort();
    const failures = await Promise.all(calls);
    expect(failures.filter((failure) => failure?.code === 'DFNS_ABORTED')).toHaveLength(MANY);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('ends those that still run when others have ended', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    await users().list({}, { signal });
    world.sandbox.faults.add({ on: 'GET /auth/users/{userId}', kind: 'hang', times: Number.POSITIVE_INFINITY });
    const from = world.sandbox.requests.length;
    const waiting = failureOf(users().get('us-1', { signal }));
    await users().list({}, { signal });
    await waitUntil(() => world.operations(from).length === 2);
    controller.abort();
    expect(await waiting).toMatchObject({ code: 'DFNS_ABORTED' });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

/** Registers a person. */
async function registered(username: string) {
  const person = newPerson(username);
  const { ceremonyId, challenge } = await ceremonies.beginRegistration(username);
  await ceremonies.finishRegistration(username, ceremonyId, credentialsOf(person, challenge.challenge));
  return person;
}

/** Opens a ceremony. Returns its right answer. */
const OPENED: Record<string, (username: string) => Promise<Call>> = {
  finishRegistration: async (username) => {
    const { ceremonyId, challenge } = await ceremonies.beginRegistration(username);
    const made = credentialsOf(newPerson(username), challenge.challenge);
    return (options) => ceremonies.finishRegistration(username, ceremonyId, made, options);
  },
  finishRecovery: async (username) => {
    const { recoveryKey } = await registered(username);
    const { ceremonyId, challenge } = await ceremonies.beginRecovery(username, recoveryKey.credId);
    const signed = signRecovery(recoveryKey, credentialsOf(newPerson('again'), challenge.challenge));
    return (options) => ceremonies.finishRecovery(username, ceremonyId, signed, options);
  },
  finishAction: async (username) => {
    const { key } = await registered(username);
    const { ceremonyId, challenge } = await ceremonies.beginAction(username, ACTION);
    const signed = await new KeySigner(key).sign({ ...challenge, challengeIdentifier: '' });
    return (options) => ceremonies.finishAction(username, ceremonyId, signed, options);
  },
  beginCredentialAction: async (username) => {
    await registered(username);
    const { ceremonyId, challenge } = await ceremonies.beginCredential(username, 'Key');
    const made = createKeyCredential(challenge.challenge, { ...NAMED, ...newKey('second') });
    return (options) => ceremonies.beginCredentialAction(username, ceremonyId, made, options);
  },
};

describe.each(Object.entries(OPENED))('DelegatedCeremonies.%s', (name, open) => {
  it('sends nothing and uses up no ceremony when its signal is aborted already', async () => {
    const answer = await open(`aborted ${name}`);
    const before = world.sandbox.requests.length;
    await expect(answer({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'DFNS_ABORTED' });
    expect(world.operations(before)).toEqual([]);
    await answer({});
  });

  it('ends at its deadline', async () => {
    const answer = await open(`late ${name}`);
    world.sandbox.faults.add({ on: '*', kind: 'hang', times: Number.POSITIVE_INFINITY });
    await expect(answer({ deadlineMs: DEADLINE_MS })).rejects.toMatchObject({
      code: 'DFNS_TIMEOUT',
      message: `the call did not end within its deadline of ${DEADLINE_MS} ms`,
    });
  });
});

describe('one deadline', () => {
  /** Answers that take longer than half of the deadline. Two of them are too late, and one is not. */
  const deadlineMs = 600;
  const slow = (on: string, bytesPerSecond: number) =>
    world.sandbox.faults.add({ on, kind: 'slow', bytesPerSecond, times: Number.POSITIVE_INFINITY });
  const tooLate = { code: 'DFNS_TIMEOUT', message: `the call did not end within its deadline of ${deadlineMs} ms` };

  it('is for all pages of a walk', async () => {
    const page = JSON.stringify(await users().list({ limit: 200 })).length;
    slow('GET /auth/users', page * 2.8);
    await expect(users().list({ limit: 200 }, { deadlineMs })).resolves.toBeDefined();
    await expect(users().findByUsername('nobody', { deadlineMs })).rejects.toMatchObject(tooLate);
    const walk = users().all({}, { deadlineMs });
    for (let i = 0; i < 200; i += 1) await walk.next();
    await expect(walk.next()).rejects.toMatchObject(tooLate);
  });

  it('is for all requests of a registration of a name that is taken', async () => {
    const answer = JSON.stringify(await auth().login({ username: 'ada' })).length;
    slow('POST /auth/login/delegated', answer * 2.8);
    await expect(auth().login({ username: 'ada' }, { deadlineMs })).resolves.toBeDefined();
    slow('POST /auth/registration/delegated', 500);
    const before = world.sandbox.requests.length;
    await expect(ceremonies.beginRegistration('ada', {}, { deadlineMs })).rejects.toMatchObject(tooLate);
    expect(world.operations(before).at(-1)).toBe('POST /auth/login/delegated');
  });

  it('is for the completion of a registration and for the look-up after a lost answer', async () => {
    const { ceremonyId, challenge } = await ceremonies.beginRegistration('lost');
    world.sandbox.faults.add({ on: 'POST /auth/registration', kind: 'reset', when: 'after' });
    world.sandbox.faults.add({ on: 'GET /auth/credentials', kind: 'hang', times: Number.POSITIVE_INFINITY });
    const made = credentialsOf(newPerson('lost'), challenge.challenge);
    await expect(ceremonies.finishRegistration('lost', ceremonyId, made, { deadlineMs })).rejects.toMatchObject({
      ...tooLate,
      mayHaveHappened: true,
    });
  });
});

describe('a walk over pages', () => {
  it('ends with its signal, also between two pages', async () => {
    const controller = new AbortController();
    const walk = users().all({}, { signal: controller.signal });
    for (let i = 0; i < 200; i += 1) await walk.next();
    controller.abort();
    const before = world.sandbox.requests.length;
    await expect(walk.next()).rejects.toMatchObject({ code: 'DFNS_ABORTED' });
    expect(world.operations(before)).toEqual([]);
  });

  it('leaves no timer and no listener when the loop ends early', async () => {
    const before = processResources();
    for await (const { username } of users().all({}, { deadlineMs: 60_000 })) if (username === 'user-1') break;
    expect((await processResourcesAfter(before)).timers).toBeLessThanOrEqual(before.timers);
  });

  it('ends after 1,000 pages, and says so', async () => {
    let pages = 0;
    const endless = createServer((_, response) => {
      pages += 1;
      const body = JSON.stringify({ items: [{ username: 'again' }], nextPageToken: `page ${pages}` });
      response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    }).listen(0, '127.0.0.1');
    await once(endless, 'listening');
    const baseUrl = `http://127.0.0.1:${(endless.address() as AddressInfo).port}`;
    const instance = await world.startInstance({ baseUrl });
    await expect(instance.get(DfnsUsers).findByUsername('nobody')).rejects.toMatchObject({
      code: 'DFNS_MALFORMED_RESPONSE',
      message: 'the pages of GET /auth/users do not end after 1000: not all items were read',
    });
    expect(pages).toBe(1_000);
    endless.closeAllConnections();
    endless.close();
  });

  it('ends when a page names the token of an earlier page, and says so', async () => {
    const body = JSON.stringify({ items: [], nextPageToken: 'again' });
    world.sandbox.faults.add({ on: 'GET /auth/users', times: 9, kind: 'status', status: 200, body });
    const before = world.sandbox.requests.length;
    await expect(users().findByUsername('x')).rejects.toMatchObject({
      code: 'DFNS_MALFORMED_RESPONSE',
      message: 'the pages of GET /auth/users repeat: not all items were read',
    });
    expect(world.operations(before)).toHaveLength(2);
  });
});
