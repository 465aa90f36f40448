import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { DelegatedAuthService, type DfnsCallEvent, DfnsClient, DfnsError } from 'nestjs-dfns-auth';
import { useSandboxForEachTest } from './support/use-sandbox.js';
import { waitUntil } from './support/wait-until.js';

const LOGIN = ['POST /auth/action/init', 'POST /auth/action', 'POST /auth/login/delegated'];
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let now: number;

beforeEach(() => {
  now = Date.now();
});

const world = useSandboxForEachTest({ now: () => now, users: ['ada'] });
let context: TestingModule;
let service: DelegatedAuthService;

beforeEach(async () => {
  context = await world.startInstance({ tokens: { leewayMs: MINUTE, refreshAheadMs: 5 * MINUTE } });
  service = context.get(DelegatedAuthService);
});

/** Gets a token that was in memory: Dfns receives no request in the same turn of the event loop. */
async function servedAtOnce(): Promise<string> {
  const before = world.sandbox.requests.length;
  const token = await service.getToken('ada');
  expect(world.sandbox.requests).toHaveLength(before);
  return token;
}

/** Waits for the end of the next call to Dfns, and returns its outcome. */
function outcomeOfNextCall(): Promise<string> {
  return new Promise((resolve) => {
    const listen = (event: unknown) => {
      unsubscribe('nestjs-dfns-auth:call', listen);
      setImmediate(resolve, (event as DfnsCallEvent).outcome);
    };
    subscribe('nestjs-dfns-auth:call', listen);
  });
}

describe('a refresh', () => {
  it('runs in the background, so that only the first caller waits for Dfns', async () => {
    let token = await service.getToken('ada');
    let loggedInAt = now;
    let logins = 1;
    for (let minute = 0; minute < 5 * 60; minute += 1) {
      now += MINUTE;
      const [first, second] = await Promise.all([servedAtOnce(), servedAtOnce()]);
      expect([first, second]).toEqual([token, token]);
      expect(now - loggedInAt).toBeLessThan(HOUR - MINUTE);
      if (now - loggedInAt < HOUR - 6 * MINUTE) continue;
      await waitUntil(async () => (await service.getToken('ada')) !== token);
      token = await servedAtOnce();
      loggedInAt = now;
      logins += 1;
    }
    expect(logins).toBe(6);
    expect(world.operations()).toEqual(Array.from({ length: logins }, () => LOGIN).flat());
  });

  it('that fails keeps the old token, and begins again after five seconds', async () => {
    const token = await service.getToken('ada');
    now += HOUR - 6 * MINUTE;
    world.sandbox.faults.add({ on: 'POST /auth/login/delegated', kind: 'status', status: 403 });
    const outcome = outcomeOfNextCall();
    expect(await servedAtOnce()).toBe(token);
    expect(await outcome).toBe('DFNS_SERVICE_ACCOUNT_FORBIDDEN');
    now += 4_999;
    for (let i = 0; i < 100; i += 1) expect(await servedAtOnce()).toBe(token);
    // A refresh would arrive before the end of this login.
    await service.login({ username: 'ada' });
    expect(world.sandbox.requests).toHaveLength(9);
    now += 1;
    await waitUntil(async () => (await service.getToken('ada')) !== token);
    expect(world.sandbox.requests).toHaveLength(12);
  });

  it('that finds a deactivated user drops the token', async () => {
    const token = await service.getToken('ada');
    world.sandbox.deactivateUser('ada');
    now += HOUR - 6 * MINUTE;
    expect(await servedAtOnce()).toBe(token);
    await waitUntil(() =>
      service.getToken('ada').then(
        () => false,
        (error) => error.code === 'DFNS_USER_DEACTIVATED',
      ),
    );
  });
});

describe('a caller who ends the call', () => {
  it.each(LOGIN)('during %s does not end it for other callers', async (step) => {
    world.sandbox.faults.add({ on: step, kind: 'slow', bytesPerSecond: 4_000 });
    const controller = new AbortController();
    const leader = service.getToken('ada', { signal: controller.signal });
    const follower = service.getToken('ada');
    await waitUntil(() => world.operations().includes(step));
    controller.abort();
    await expect(leader).rejects.toMatchObject({ code: 'DFNS_ABORTED' });
    expect(world.operations().at(-1)).toBe(step);
    expect(await follower).toBe(await service.getToken('ada'));
    expect(world.operations()).toEqual(LOGIN);
  });

  it('by a deadline does not end it for other callers', async () => {
    world.sandbox.faults.add({ on: LOGIN[0] as string, kind: 'slow', bytesPerSecond: 4_000 });
    const leader = service.getToken('ada', { deadlineMs: 20 });
    const follower = service.getToken('ada');
    await expect(leader).rejects.toMatchObject({ code: 'DFNS_TIMEOUT' });
    await follower;
    expect(world.operations()).toEqual(LOGIN);
  });

  it('before it begins gets DFNS_ABORTED', async () => {
    await expect(service.getToken('ada', { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'DFNS_ABORTED',
    });
  });
});

describe('forget', () => {
  it('during a login gives its token only to the callers that wait for it', async () => {
    world.sandbox.faults.add({ on: LOGIN[2] as string, kind: 'slow', bytesPerSecond: 4_000 });
    const waiting = service.getToken('ada');
    await waitUntil(() => world.sandbox.requests.length === 3);
    await service.forget('ada');
    const [old, fresh] = [await waiting, await service.getToken('ada')];
    expect(fresh).not.toBe(old);
    expect(await servedAtOnce()).toBe(fresh);
    expect(world.operations()).toEqual([...LOGIN, ...LOGIN]);
  });
});

describe('logout', () => {
  it('ends the token at Dfns, and forgets it', async () => {
    const token = await service.getToken('ada');
    await service.logout('ada');
    const answer = await fetch(`${world.sandbox.url}/wallets`, { headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(401);
    expect(await service.getToken('ada')).not.toBe(token);
  });

  it('sends no request without a token', async () => {
    await service.logout('ada');
    expect(world.sandbox.requests).toEqual([]);
  });
});

describe('withToken', () => {
  const wallets = (userToken: string) =>
    context.get(DfnsClient).request({ method: 'GET', path: '/wallets', caller: { userToken } });
  const revoke = (token: string) =>
    fetch(`${world.sandbox.url}/auth/logout`, { method: 'PUT', headers: { authorization: `Bearer ${token}` } });

  it('replaces a refused token once for all callers, and runs the call again', async () => {
    const token = await service.getToken('ada');
    expect((await revoke(token)).status).toBe(200);
    const before = world.sandbox.requests.length;
    await Promise.all(Array.from({ length: 5 }, () => service.withToken('ada', wallets)));
    const received = world.operations(before);
    expect(received.filter((operation) => operation === 'GET /wallets')).toHaveLength(10);
    expect(received.filter((operation) => operation !== 'GET /wallets')).toEqual(LOGIN);
  });

  it('does not drop a newer token than the refused one', async () => {
    const refused = new DfnsError('DFNS_USER_UNAUTHORIZED', 'refused');
    let newer = '';
    const call = async (token: string) => {
      if (newer !== '') return token;
      await service.forget('ada');
      newer = await service.getToken('ada');
      throw refused;
    };
    expect(await service.withToken('ada', call)).toBe(newer);
    expect(world.operations()).toEqual([...LOGIN, ...LOGIN]);
  });

  it('makes no third attempt', async () => {
    const tokens: string[] = [];
    const call = async (token: string) => {
      tokens.push(token);
      throw new DfnsError('DFNS_USER_UNAUTHORIZED', 'refused');
    };
    await expect(service.withToken('ada', call)).rejects.toMatchObject({ code: 'DFNS_USER_UNAUTHORIZED' });
    expect(new Set(tokens).size).toBe(2);
    expect(tokens).toHaveLength(2);
  });

  it.each([[new DfnsError('DFNS_USER_FORBIDDEN', 'no')], [new Error('401')]])(
    'makes no second attempt after %s',
    async (error) => {
      let calls = 0;
      const call = async () => {
        calls += 1;
        throw error;
      };
      await expect(service.withToken('ada', call)).rejects.toBe(error);
      expect(calls).toBe(1);
    },
  );
});
