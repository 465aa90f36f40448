import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import fc from 'fast-check';
import {
  DelegatedCeremonies,
  DfnsClient,
  type DfnsRequest,
  type UntypedRoute,
  type UntypedRouteRequest,
} from 'nestjs-dfns-auth';
import { failureOf } from './support/failure-of.js';
import { useSandbox } from './support/use-sandbox.js';

const CHALLENGE = ['POST /auth/action/init', 'POST /auth/action'];
const LOGIN = [...CHALLENGE, 'POST /auth/login/delegated'];
const { routes } = JSON.parse(readFileSync(join('libs', 'dfns-auth', 'test', 'fixtures', 'routes.json'), 'utf8')) as {
  routes: { route: string; userAction: boolean; unauthenticated: boolean }[];
};
const NEWER = ['POST /auth/login/oidc', 'POST /auth/login/oidc/init'];
const writes = routes.filter(({ route }) => !route.startsWith('GET '));
const signed = writes.filter(({ userAction }) => userAction).map(({ route }) => route);
const anonymous = [...writes.filter(({ unauthenticated }) => unauthenticated).map(({ route }) => route), ...NEWER];
const unsigned = [...writes.filter(({ userAction }) => !userAction).map(({ route }) => route), ...NEWER];
const unsignedWithBearer = [...unsigned.filter((route) => !anonymous.includes(route)), 'POST /auth/tokens'];

const world = useSandbox({ users: ['ada', 'eve'] });
let context: TestingModule;
let dfns: DfnsClient;
let seen: number;
let walletId: string;

beforeAll(async () => {
  context = await world.startInstance();
  dfns = context.get(DfnsClient);
  const wallet = { method: 'POST', path: '/wallets', body: { network: 'EthereumSepolia' } } as const;
  walletId = (await dfns.request<{ id: string }>({ ...wallet, caller: 'serviceAccount' })).id;
});

beforeEach(() => {
  seen = world.sandbox.requests.length;
});

/** The request with a value for each parameter, in the form with an object. */
function onPath(route: string, caller: DfnsRequest['caller']): DfnsRequest {
  const [method, template = ''] = route.split(' ');
  return { method: method as 'POST', path: template.replace(/\{\w+\}/g, 'id-1'), body: {}, caller };
}

/** The same request in the form with a route. */
function onRoute(route: string, caller: DfnsRequest['caller']): [UntypedRoute, UntypedRouteRequest] {
  const names = [...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name, 'id-1']);
  return [route as UntypedRoute, { params: Object.fromEntries(names), body: {}, caller }];
}

const sent = () => world.sandbox.requests.slice(seen);
const last = () => sent().at(-1);

describe('a route', () => {
  it('is filled with its params, and has its query and body', async () => {
    const caller = 'serviceAccount';
    const wallet = await dfns.request('GET /wallets/{walletId}', { params: { walletId }, caller });
    expect(wallet).toMatchObject({ id: walletId });
    const created = await dfns.request('POST /wallets', { body: { network: 'EthereumSepolia', name: 'B' }, caller });
    expect(created).toMatchObject({ name: 'B' });
    const page = await dfns.request<{ items: unknown[] }>('GET /wallets', { query: { limit: 1 }, caller });
    expect(page.items).toHaveLength(1);
    expect(world.operations(seen)).toEqual([
      `GET /wallets/${walletId}`,
      ...CHALLENGE,
      'POST /wallets',
      'GET /wallets?limit=1',
    ]);
  });

  it('repeats the key of a list, and leaves out what is undefined', async () => {
    const query = { status: ['Completed', 'Failed'], limit: undefined, force: false };
    await failureOf(dfns.request('GET /payouts', { query, caller: 'serviceAccount' }));
    expect(last()?.path).toBe('/payouts?status=Completed&status=Failed&force=false');
  });

  it('takes the options of the call last', async () => {
    world.sandbox.faults.add({ on: 'GET /wallets', kind: 'hang' });
    const call = dfns.request('GET /wallets', { caller: 'serviceAccount' }, { deadlineMs: 200 });
    await expect(call).rejects.toMatchObject({ code: 'DFNS_TIMEOUT' });
  });

  it('is signed by a user in a ceremony: the path without the query, and the body', async () => {
    const ceremonies = context.get(DelegatedCeremonies);
    const input = { params: { walletId }, query: { force: true }, body: { kind: 'Hash', hash: '0x1' } };
    await ceremonies.beginAction('ada', 'POST /wallets/{walletId}/signatures', input);
    expect(JSON.parse(last()?.body as string)).toMatchObject({
      userActionHttpMethod: 'POST',
      userActionHttpPath: `/wallets/${walletId}/signatures`,
      userActionPayload: JSON.stringify(input.body),
    });
  });

  it.each(['wallets', 'GET wallets', 'get /wallets', 'PATCH /wallets', 'GET  /wallets', 'GET /wallets/{walletId'])(
    'that is written as %p is refused',
    async (route) => {
      const call = dfns.request(route as UntypedRoute, { caller: 'serviceAccount' });
      await expect(call).rejects.toMatchObject({ code: 'DFNS_BAD_REQUEST' });
      expect(sent()).toEqual([]);
    },
  );
});

describe('a value in params', () => {
  const refused = { code: 'DFNS_BAD_REQUEST' };

  it.each([[undefined], [''], ['.'], ['..'], [7], [null], ['\ud800'], [{ toString: () => 'x' }]])(
    'is refused as %p, before anything is sent',
    async (value) => {
      const params = { walletId: value as string };
      const read = dfns.request('GET /wallets/{walletId}', { params, caller: 'serviceAccount' });
      await expect(read).rejects.toMatchObject({ ...refused, message: expect.stringContaining('params.walletId') });
      const begin = context
        .get(DelegatedCeremonies)
        .beginAction('ada', 'POST /wallets/{walletId}/transfers', { params });
      await expect(begin).rejects.toMatchObject(refused);
      expect(sent()).toEqual([]);
    },
  );

  it('is one segment of the path, or is refused', async () => {
    const awkward = fc.constantFrom('/', '\\', '..', '.', '%', '%2f', '%2e', '?', '#', ' ', ';', '+', 'é', '💶', '\n');
    const value = fc
      .array(fc.oneof(awkward, fc.string({ maxLength: 4 })), { maxLength: 4 })
      .map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(value, async (id) => {
        const from = world.sandbox.requests.length;
        const request = { params: { walletId: id }, caller: 'serviceAccount' } as const;
        const failure = await failureOf(dfns.request('GET /wallets/{walletId}/assets', request));
        const [path] = world.sandbox.requests.slice(from).map((request) => request.path);
        if (path === undefined) {
          expect(failure).toMatchObject(refused);
        } else {
          expect(path).toMatch(/^\/wallets\/[^/?#]+\/assets$/);
          expect(decodeURIComponent(path.split('/')[2] as string)).toBe(id);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('reaches Dfns percent-encoded', async () => {
    const params = { walletId: 'a b?c#d&é%' };
    await failureOf(dfns.request('GET /wallets/{walletId}', { params, caller: 'serviceAccount' }));
    expect(last()?.path).toBe('/wallets/a%20b%3Fc%23d%26%C3%A9%25');
  });
});

describe('a write of a user without a user action', () => {
  const caller = { username: 'ada' };

  it.each(signed)('is refused on %s, before anything is sent', async (route) => {
    await expect(dfns.request(onPath(route, caller))).rejects.toMatchObject({ code: 'DFNS_BAD_REQUEST' });
    await expect(dfns.request(...onRoute(route, caller))).rejects.toMatchObject({ code: 'DFNS_BAD_REQUEST' });
    expect(sent()).toEqual([]);
  });

  it('is refused on a route that nobody knows', async () => {
    await expect(dfns.request(onPath('POST /vaults/{id}', caller))).rejects.toMatchObject({ code: 'DFNS_BAD_REQUEST' });
    expect(sent()).toEqual([]);
  });

  it.each(unsignedWithBearer)('is sent on %s', async (route) => {
    const request = onPath(route, caller);
    await failureOf(dfns.request(request));
    expect(world.operations(seen)).toContain(`${request.method} ${request.path}`);
    expect(last()?.headers['authorization']).toMatch(/^Bearer /);
    seen = world.sandbox.requests.length;
    await failureOf(dfns.request(...onRoute(route, caller)));
    expect(world.operations(seen)).toContain(`${request.method} ${request.path}`);
  });

  it('is sent on an unsigned path with a query', async () => {
    await failureOf(dfns.request({ ...onPath('POST /swaps/quotes', caller), query: { a: 1 } }));
    await failureOf(dfns.request({ ...onPath('POST /swaps/quotes', caller), path: '/swaps/quotes?b=2' }));
    const paths = world.operations(seen).filter((operation) => operation.includes('swaps'));
    expect(paths).toEqual(['POST /swaps/quotes?a=1', 'POST /swaps/quotes?b=2']);
  });

  it.each(['/auth/action/', '/auth/action/init/more', '/x/auth/action', '/wallets/a/b/canton/ledger-api'])(
    'is refused on %s, which only resembles an unsigned one',
    async (path) => {
      const request = { method: 'POST', path, body: {}, caller } as const;
      await expect(dfns.request(request)).rejects.toMatchObject({ code: 'DFNS_BAD_REQUEST' });
      expect(sent()).toEqual([]);
    },
  );
});

describe('a write of the service account', () => {
  it.each(unsignedWithBearer)('is sent without a signature on %s', async (route) => {
    const request = onPath(route, 'serviceAccount');
    await failureOf(dfns.request(request));
    expect(world.operations(seen)).toEqual([`${request.method} ${request.path}`]);
    expect(last()?.headers['authorization']).toMatch(/^Bearer /);
    expect(last()?.headers).not.toHaveProperty('x-dfns-useraction');
  });

  it.each(['POST /wallets', 'POST /webhooks/{webhookId}/ping', 'POST /auth/credentials/code', 'POST /vaults'])(
    'is signed on %s',
    async (route) => {
      const request = onPath(route, 'serviceAccount');
      await failureOf(dfns.request(request));
      expect(world.operations(seen)).toEqual([...CHALLENGE, `${request.method} ${request.path}`]);
      expect(last()?.headers).toHaveProperty('x-dfns-useraction');
    },
  );
});

describe('a call that needs no bearer', () => {
  const callers = ['serviceAccount', { username: 'ada' }, { userToken: 'token' }, 'anonymous'] as const;

  it.each(anonymous)('has none on %s, whoever makes it', async (route) => {
    for (const caller of callers) await failureOf(dfns.request(onPath(route, caller)));
    const [withoutCaller, request] = onRoute(route, undefined as never);
    await failureOf(dfns.request(withoutCaller, request));
    const { method, path } = onPath(route, 'anonymous');
    expect(world.operations(seen)).toEqual(Array(callers.length + 1).fill(`${method} ${path}`));
    for (const { headers } of sent()) {
      expect(headers).not.toHaveProperty('authorization');
      expect(headers).not.toHaveProperty('x-dfns-useraction');
    }
  });
});

it('a read of a user needs no signature', async () => {
  // The writes of ada in other tests include the one that ends her session.
  await dfns.request('GET /wallets', { caller: { username: 'eve' } });
  expect(world.operations(seen).filter((operation) => !LOGIN.includes(operation))).toEqual(['GET /wallets']);
});
