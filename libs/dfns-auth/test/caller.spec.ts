import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { DelegatedAuthService, DfnsClient, DfnsCredentials } from 'nestjs-dfns-auth';
import { useSandbox } from './support/use-sandbox.js';

const LOGIN = ['POST /auth/action/init', 'POST /auth/action', 'POST /auth/login/delegated'];
const WALLETS = { method: 'GET', path: '/wallets', caller: { username: 'ada' } } as const;
const REFUSED = { on: 'GET /wallets', kind: 'status', status: 401, message: 'Not Authorized.' } as const;

const world = useSandbox();
let context: TestingModule;
let dfns: DfnsClient;
let seen: number;

beforeAll(() => {
  world.sandbox.createUser({ username: 'ada', wallets: [{ network: 'EthereumSepolia', name: 'Hers' }] });
});

beforeEach(async () => {
  context = await world.startInstance();
  dfns = context.get(DfnsClient);
  seen = world.sandbox.requests.length;
});

describe('a call with a username', () => {
  it('takes a token of the user, and asks for one login only', async () => {
    await expect(dfns.request(WALLETS)).resolves.toMatchObject({ items: [{ name: 'Hers' }] });
    await dfns.request(WALLETS);
    expect(world.operations(seen)).toEqual([...LOGIN, 'GET /wallets', 'GET /wallets']);
    const bearer = await context.get(DelegatedAuthService).getToken('ada');
    expect(world.sandbox.requests.at(-1)?.headers['authorization']).toBe(`Bearer ${bearer}`);
  });

  it('is made once more with a fresh token when Dfns refuses the token', async () => {
    world.sandbox.faults.add(REFUSED);
    await expect(dfns.request(WALLETS)).resolves.toMatchObject({ items: [{ name: 'Hers' }] });
    expect(world.operations(seen)).toEqual([...LOGIN, 'GET /wallets', ...LOGIN, 'GET /wallets']);
    const bearers = world.sandbox.requests.slice(seen).filter(({ path }) => path === '/wallets');
    expect(new Set(bearers.map(({ headers }) => headers['authorization'])).size).toBe(2);
  });

  it('is not made a third time', async () => {
    world.sandbox.faults.add({ ...REFUSED, times: Number.POSITIVE_INFINITY });
    await expect(dfns.request(WALLETS)).rejects.toMatchObject({ code: 'DFNS_USER_UNAUTHORIZED' });
    expect(world.operations(seen).filter((operation) => operation === 'GET /wallets')).toHaveLength(2);
  });

  it('makes a write that needs no signature once more, too', async () => {
    world.sandbox.faults.add({ ...REFUSED, on: 'POST /auth/credentials/init' });
    const body = { kind: 'Key' };
    const request = { method: 'POST', path: '/auth/credentials/init', body, caller: { username: 'ada' } } as const;
    await expect(dfns.request(request)).resolves.toMatchObject({ challengeIdentifier: expect.any(String) });
  });

  it('sends what the user signed once, also when Dfns refuses the token', async () => {
    world.sandbox.faults.add({ ...REFUSED, on: 'POST /wallets', times: Number.POSITIVE_INFINITY });
    const body = { network: 'EthereumSepolia' };
    const request = {
      method: 'POST',
      path: '/wallets',
      body,
      caller: { username: 'ada' },
      userAction: 'signed',
    } as const;
    await expect(dfns.request(request)).rejects.toMatchObject({ code: 'DFNS_USER_UNAUTHORIZED' });
    expect(world.operations(seen)).toEqual([...LOGIN, 'POST /wallets']);
  });

  it.each([
    ['a write without a user action', { ...WALLETS, method: 'POST' as const, body: {} }],
    ['an empty name', { ...WALLETS, caller: { username: '' } }],
    ['a name that is no text', { ...WALLETS, caller: { username: 7 as never } }],
  ])('sends nothing for %s', async (_, request) => {
    await expect(dfns.request(request)).rejects.toMatchObject({ code: 'DFNS_BAD_REQUEST' });
    expect(world.operations(seen)).toEqual([]);
  });

  it('has one deadline over the login and the call', async () => {
    // The login takes some 0.7 s of the 1.2 s; the call may not have another 1.2 s.
    world.sandbox.faults.add({ on: 'POST /auth/login/delegated', kind: 'slow', bytesPerSecond: 700 });
    world.sandbox.faults.add({ on: 'GET /wallets', kind: 'hang' });
    const startedAt = performance.now();
    await expect(dfns.request(WALLETS, { deadlineMs: 1_200 })).rejects.toMatchObject({ code: 'DFNS_TIMEOUT' });
    expect(world.operations(seen)).toEqual([...LOGIN, 'GET /wallets']);
    expect(performance.now() - startedAt).toBeLessThan(1_700);
  });

  it('lists the credentials of the user', async () => {
    await expect(context.get(DfnsCredentials).list('ada')).resolves.toEqual(expect.any(Array));
    expect(world.operations(seen)).toEqual([...LOGIN, 'GET /auth/credentials']);
  });
});

describe('an anonymous call', () => {
  it.each(['GET', 'POST'] as const)('of %s has no bearer and no signature', async (method) => {
    await dfns.request({ method, path: '/auth/login/init', caller: 'anonymous' }).catch(() => undefined);
    const sent = world.sandbox.requests.slice(seen);
    expect(sent.map(({ path }) => path)).toEqual(['/auth/login/init']);
    expect(Object.keys(sent[0]?.headers ?? {})).not.toContain('authorization');
    expect(Object.keys(sent[0]?.headers ?? {})).not.toContain('x-dfns-useraction');
  });
});
