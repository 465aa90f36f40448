import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import {
  createKeyCredential,
  DelegatedAuthService,
  DelegatedCeremonies,
  DfnsCredentials,
  DfnsUsers,
  KeySigner,
  type KeySignerOptions,
  signRecovery,
} from 'nestjs-dfns-auth';
import { AlteringGateway } from './support/altering-gateway.js';
import { failureOf } from './support/failure-of.js';
import { credentialsOf, newKey, newPerson } from './support/person-keys.js';
import { claimsOf, tokenWith } from './support/token-claims.js';
import { useSandbox } from './support/use-sandbox.js';

/*
 * What must be in an answer of Dfns. An answer is refused only if the next step needs a member that is missing. Every
 * other member may be missing, and unknown ones may come.
 */
interface Row {
  operation: string;
  /** The members that the next step needs. */
  needs: string[];
  /** Makes the request with everything before it, and takes the next step with the answer. */
  run: (username: string) => Promise<unknown>;
}

const WALLET = { method: 'POST' as const, path: '/wallets', body: { network: 'Solana' } };
const TEMPORARY = ['temporaryAuthenticationToken', 'challenge'];

const world = useSandbox({ restart: true });
let gateway: AlteringGateway;
let context: TestingModule;

beforeAll(async () => {
  gateway = await AlteringGateway.open(world.sandbox.url);
  context = await world.startInstance({ baseUrl: gateway.url });
  gateway.on('*', (answer, response, request) => {
    const isMeant = operationOf(request) === operation && answer.status === 200;
    const body = isMeant ? alter(JSON.parse(answer.body)) : answer.body;
    response.writeHead((isMeant && status) || answer.status, answer.headers);
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
});
afterAll(() => gateway.close());

const auth = () => context.get(DelegatedAuthService);
const users = () => context.get(DfnsUsers);
const ceremonies = () => context.get(DelegatedCeremonies);

/** Creates a user who can log in, sign and recover. */
function userOf(username: string) {
  const {
    userId,
    credId = '',
    privateKey = '',
    recovery,
  } = world.sandbox.createUser({ username, recoveryCredential: {} });
  return { userId, key: { credId, privateKey }, recoveryKey: recovery as KeySignerOptions };
}

async function register(username: string, wallets?: { network: string }[]) {
  const { ceremonyId, challenge } = await ceremonies().beginRegistration(username, { wallets });
  const credentials = credentialsOf(newPerson(username), challenge.challenge);
  const registered = await ceremonies().finishRegistration(username, ceremonyId, credentials);
  expect(registered.user).toEqual({
    id: world.sandbox.user(username)?.userId,
    username,
    orgId: world.sandbox.orgId,
  });
  expect(world.sandbox.user(username)?.isRegistered).toBe(true);
}

async function recover(username: string) {
  const { recoveryKey } = userOf(username);
  const { ceremonyId, challenge } = await ceremonies().beginRecovery(username, recoveryKey.credId);
  const signed = signRecovery(recoveryKey, credentialsOf(newPerson(`${username} again`), challenge.challenge));
  const { user } = await ceremonies().finishRecovery(username, ceremonyId, signed);
  expect(user.username).toBe(username);
}

/** Adds a credential, and signs with an existing one for that. */
async function addCredential(username: string) {
  const { key } = userOf(username);
  const made = await ceremonies().beginCredential(username, 'Key');
  const options = { credentialKind: 'Key', credentialName: 'n', ...newKey(`second of ${username}`) } as const;
  const credential = createKeyCredential(made.challenge.challenge, options);
  const approval = await ceremonies().beginCredentialAction(username, made.ceremonyId, credential);
  await finish(username, key, approval);
  expect(world.sandbox.user(username)?.credentials).toHaveLength(3);
}

type Begun = Awaited<ReturnType<DelegatedCeremonies['beginAction']>>;

async function finish(username: string, key: KeySignerOptions, { ceremonyId, challenge }: Begun) {
  const assertion = await new KeySigner(key).sign({ ...challenge, challengeIdentifier: '' });
  return ceremonies().finishAction(username, ceremonyId, assertion);
}

async function act(username: string) {
  const { key } = userOf(username);
  await finish(username, key, await ceremonies().beginAction(username, WALLET));
}

/** Deactivates a credential of a user. The library sends the write with the signature of the user. */
async function deactivateCredential(username: string) {
  const { key } = userOf(username);
  const [credential] = await context.get(DfnsCredentials).list(username);
  const body = { credentialUuid: credential?.credentialUuid };
  const action = { method: 'PUT', path: '/auth/credentials/deactivate', body } as const;
  await finish(username, key, await ceremonies().beginAction(username, action));
}

const ROWS: Row[] = [
  {
    operation: 'POST /auth/action/init',
    // The signer of the service account looks for its own id.
    needs: [
      'challenge',
      'challengeIdentifier',
      'allowCredentials',
      'allowCredentials.key',
      'allowCredentials.key.0.id',
    ],
    run: (username) => auth().login({ username: userOf(username) && username }),
  },
  {
    operation: 'POST /auth/action',
    needs: ['userAction'],
    run: (username) => users().activate(userOf(username).userId),
  },
  {
    operation: 'POST /auth/login/delegated',
    needs: ['token'],
    run: (username) => auth().getToken(userOf(username) && username),
  },
  {
    operation: 'PUT /auth/logout',
    needs: [],
    run: async (username) => {
      userOf(username);
      await auth().getToken(username);
      await auth().logout(username);
    },
  },
  { operation: 'POST /auth/registration/delegated', needs: TEMPORARY, run: (username) => register(username) },
  {
    operation: 'POST /auth/registration/delegated/restart',
    needs: TEMPORARY,
    run: (username) => {
      world.sandbox.createUser({ username, registered: false });
      return register(username);
    },
  },
  { operation: 'POST /auth/registration', needs: [], run: (username) => register(username) },
  {
    operation: 'POST /auth/registration/enduser',
    needs: [],
    run: (username) => register(username, [{ network: 'Solana' }]),
  },
  {
    operation: 'POST /auth/recover/user/delegated',
    needs: [...TEMPORARY, 'allowedRecoveryCredentials', 'allowedRecoveryCredentials.0.id'],
    run: recover,
  },
  { operation: 'POST /auth/recover/user', needs: [], run: recover },
  {
    operation: 'POST /auth/credentials/init',
    needs: ['challenge', 'challengeIdentifier', 'user', 'user.id'],
    run: addCredential,
  },
  { operation: 'POST /auth/credentials', needs: [], run: addCredential },
  { operation: 'PUT /auth/credentials/deactivate', needs: [], run: deactivateCredential },
  {
    operation: 'GET /auth/credentials',
    needs: ['items'],
    run: (username) => context.get(DfnsCredentials).list(userOf(username) && username),
  },
  { operation: 'GET /auth/users', needs: ['items'], run: () => users().list({ limit: 2 }) },
  {
    operation: 'PUT /auth/users/{userId}/deactivate',
    needs: [],
    run: (username) => users().deactivate(userOf(username).userId),
  },
  { operation: 'DELETE /auth/users/{userId}', needs: [], run: (username) => users().archive(userOf(username).userId) },
  { operation: 'POST /wallets', needs: [], run: act },
];

type Json = Record<string, unknown>;

/** Changes the body of an answer. */
type Alter = (body: Json) => unknown;

let operation = '';
let alter: Alter = (body) => body;
let status: number | undefined;
let runs = 0;

/** Runs a row with altered answers. Returns `ok`, or the code of the error. */
async function outcome(row: Row, change: Alter, answeredStatus?: number): Promise<string> {
  operation = row.operation;
  alter = change;
  status = answeredStatus;
  runs += 1;
  const error = await failureOf(row.run(`reader ${runs}`));
  return error === undefined ? 'ok' : `${error.code ?? error.stack}`;
}

/** `METHOD /path` of a request, with `{userId}` for an id and without the query. */
function operationOf({ method, url = '' }: IncomingMessage): string {
  return `${method} ${url.replace(/\?.*/, '').replace(/us-[^/]+/, '{userId}')}`;
}

/** The paths of all members, e.g. `user.id` and `items.0.name`. */
function pathsIn(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => [
    ...(Array.isArray(value) ? [] : [`${path}${name}`]),
    ...pathsIn(member, `${path}${name}.`),
  ]);
}

function without(body: Json, path: string): Json {
  return changed(body, path, (parent, name) => delete parent[name]);
}

function withNull(body: Json, path: string): Json {
  return changed(body, path, (parent, name) => {
    if (name in parent) parent[name] = null;
  });
}

/** A copy of the body, changed at the end of the path if the path still leads there. */
function changed(body: Json, path: string, change: (parent: Json, name: string) => void): Json {
  const copy = structuredClone(body);
  const names = path.split('.');
  const last = names.pop() as string;
  const parent = names.reduce<Json | null>((object, name) => (object?.[name] ?? null) as Json | null, copy);
  if (parent) change(parent, last);
  return copy;
}

/** Adds an unknown member to every object. */
function extended(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(extended);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name, extended(member)]);
  return { ...Object.fromEntries(members), newcomer: { deep: [1, null, 'text'] } };
}

describe.each(ROWS)('the answer to $operation', (row) => {
  /** The paths of the members of a genuine answer. */
  async function paths(): Promise<string[]> {
    const found = new Set<string>();
    const read = (body: Json) => {
      for (const path of pathsIn(body)) found.add(path);
      return body;
    };
    expect(await outcome(row, read)).toBe('ok');
    return [...found];
  }

  it('may have unknown members', async () => {
    expect(await outcome(row, extended)).toBe('ok');
  });

  it(`needs only ${row.needs.join(', ') || 'nothing'}`, async () => {
    const all = await paths();
    expect(all).toEqual(expect.arrayContaining(row.needs));
    const refused: string[] = [];
    for (const path of all) {
      const code = await outcome(row, (body) => without(body, path));
      if (code === 'ok') continue;
      expect(['DFNS_MALFORMED_RESPONSE', 'DFNS_CREDENTIAL_NOT_ALLOWED']).toContain(code);
      refused.push(path);
    }
    expect(refused.sort()).toEqual([...row.needs].sort());
  });

  it('may have null for every member that is not needed, all at once', async () => {
    const others = (await paths()).filter((path) => !row.needs.some((needed) => `${needed}.`.startsWith(`${path}.`)));
    const nulled = (body: Json) => others.reduce((changed, path) => withNull(changed, path), body);
    expect(await outcome(row, nulled)).toBe('ok');
  });
});

const NEED_NOTHING = ROWS.filter(({ needs }) => needs.length === 0);

describe.each(NEED_NOTHING)('the answer to $operation', (row) => {
  it.each([
    ['no body and 204', '', 204],
    ['no body', '', undefined],
    ['{}', '{}', undefined],
  ])('may have %s', async (_, body, answered) => {
    expect(await outcome(row, () => body, answered)).toBe('ok');
  });

  it('waits for an approval with 202', async () => {
    expect(await outcome(row, () => ({ id: 'cr-1', status: 'Pending' }), 202)).toBe('DFNS_POLICY_PENDING');
  });
});

describe('a page of users', () => {
  it('does not fail because of one odd user', async () => {
    const odd = [{}, { username: 'x' }, { userId: 'us-1', accountId: 'acct-1' }, { username: 7, isActive: 'yes' }];
    const items = [...odd, null, 'text', { username: 'good', userId: 'us-2', tenantId: 'acct-2' }];
    const body = JSON.stringify({ items });
    for (const read of [
      () => users().list(),
      async () => {
        const walked = [];
        for await (const user of users().all()) walked.push(user);
        return { items: walked };
      },
    ]) {
      world.sandbox.faults.add({ on: 'GET /auth/users', kind: 'status', status: 200, body });
      await expect(read()).resolves.toEqual({ items: [...odd, items.at(-1)] });
    }
  });
});

describe('the username in a token', () => {
  const named = (username: string) =>
    tokenWith({ 'https://custom/app_metadata': { orgId: world.sandbox.orgId }, 'https://custom/username': username });
  const row = (on: string) => ROWS.find((each) => each.operation === on) as Row;

  /** Names another user in the token of an answer. */
  const renamed = (member: string, name: (username: string) => string) => (body: Json) => {
    const { 'https://custom/username': username } = claimsOf(body[member] as string);
    return { ...body, [member]: named(name(username as string)) };
  };
  const SPELLINGS: [string, (username: string) => string][] = [
    ['in upper case', (username) => username.toUpperCase()],
    ['in another Unicode form', (username) => username.replace('r', '\uff52')],
  ];

  it('may be empty', async () => {
    for (const on of ['POST /auth/login/delegated', 'POST /auth/recover/user/delegated']) {
      const member = on.includes('login') ? 'token' : 'temporaryAuthenticationToken';
      const read: string[] = [];
      const empty = (body: Json) => {
        read.push(on);
        return renamed(member, () => '')(body);
      };
      const code = await outcome(row(on), empty);
      // Dfns does not accept the token that the gateway made. The library accepted it.
      expect([read.length > 0, code]).toEqual([true, on.includes('login') ? 'ok' : 'DFNS_USER_UNAUTHORIZED']);
    }
  });

  it.each(SPELLINGS)('%s is refused before anything was created', async (_, spell) => {
    for (const on of ['POST /auth/login/delegated', 'POST /auth/recover/user/delegated']) {
      const member = on.includes('login') ? 'token' : 'temporaryAuthenticationToken';
      expect(await outcome(row(on), renamed(member, spell))).toBe('DFNS_MALFORMED_RESPONSE');
    }
  });

  it.each(SPELLINGS)('%s is accepted after the user was created', async (_, spell) => {
    for (const on of ['POST /auth/registration/delegated', 'POST /auth/registration/delegated/restart']) {
      // The ceremony begins. Dfns does not accept the token that the gateway made.
      expect(await outcome(row(on), renamed('temporaryAuthenticationToken', spell))).toBe('DFNS_USER_UNAUTHORIZED');
    }
  });

  it('of somebody else is always refused', async () => {
    for (const on of ['POST /auth/registration/delegated', 'POST /auth/recover/user/delegated']) {
      const other = renamed('temporaryAuthenticationToken', () => 'grace');
      expect(await outcome(row(on), other)).toBe('DFNS_MALFORMED_RESPONSE');
    }
  });
});
