import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { DfnsSandbox } from 'dfns-sandbox';
import { DelegatedAuthService, type DfnsCallEvent, DfnsClient, DfnsError } from 'nestjs-dfns-auth';
import { operations, startWith } from './registered.js';
import { until } from './until.js';

const LOGIN = ['POST /auth/action/init', 'POST /auth/action', 'POST /auth/login/delegated'];
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let now: number;
let sandbox: DfnsSandbox;
let context: TestingModule;
let service: DelegatedAuthService;

beforeEach(async () => {
  now = Date.now();
  sandbox = await DfnsSandbox.start({ now: () => now });
  sandbox.createUser({ username: 'ada' });
  context = await startWith(sandbox, { tokens: { leewayMs: MINUTE, refreshAheadMs: 5 * MINUTE } }, () => now);
  service = context.get(DelegatedAuthService);
});

afterEach(async () => {
  await context.close();
  await sandbox.stop();
});

/** A token that was there before anything could have come from Dfns: no request is received within one turn of the loop. */
async function servedAtOnce(): Promise<string> {
  const before = sandbox.requests.length;
  const token = await service.getToken('ada');
  expect(sandbox.requests).toHaveLength(before);
  return token;
}

/** How the next call to Dfns ends. */
function nextFlow(): Promise<string> {
  return new Promise((resolve) => {
    const listen = (event: unknown) => {
      unsubscribe('nestjs-dfns-auth:call', listen);
      setImmediate(resolve, (event as DfnsCallEvent).outcome);
    };
    subscribe('nestjs-dfns-auth:call', listen);
  });
}

describe('a refresh', () => {
  it('goes on behind the callers, so that after the first nobody waits for Dfns', async () => {
    let token = await service.getToken('ada');
    let loggedInAt = now;
    let logins = 1;
    for (let minute = 0; minute < 5 * 60; minute += 1) {
      now += MINUTE;
      const [first, second] = await Promise.all([servedAtOnce(), servedAtOnce()]);
      expect([first, second]).toEqual([token, token]);
      expect(now - loggedInAt).toBeLessThan(HOUR - MINUTE);
      if (now - loggedInAt < HOUR - 6 * MINUTE) continue;
      await until(async () => (await service.getToken('ada')) !== token);
      token = await servedAtOnce();
      loggedInAt = now;
      logins += 1;
    }
    expect(logins).toBe(6);
    expect(operations(sandbox)).toEqual(Array.from({ length: logins }, () => LOGIN).flat());
  });

  it('that fails leaves the token in service, and is tried again after a while', async () => {
    const token = await service.getToken('ada');
    now += HOUR - 6 * MINUTE;
    sandbox.faults.add({ on: 'POST /auth/login/delegated', kind: 'status', status: 403 });
    const outcome = nextFlow();
    expect(await servedAtOnce()).toBe(token);
    expect(await outcome).toBe('DFNS_SERVICE_ACCOUNT_FORBIDDEN');
    for (let i = 0; i < 100; i += 1) expect(await servedAtOnce()).toBe(token);
    expect(sandbox.requests).toHaveLength(6);
    now += 5_000;
    await until(async () => (await service.getToken('ada')) !== token);
    expect(sandbox.requests).toHaveLength(9);
  });

  it('that finds the user deactivated ends the service of the token', async () => {
    const token = await service.getToken('ada');
    sandbox.deactivateUser('ada');
    now += HOUR - 6 * MINUTE;
    expect(await servedAtOnce()).toBe(token);
    await until(() =>
      service.getToken('ada').then(
        () => false,
        (error) => error.code === 'DFNS_USER_DEACTIVATED',
      ),
    );
  });
});

describe('a caller who gives up', () => {
  it.each(LOGIN)('during %s keeps nobody else from the token', async (step) => {
    sandbox.faults.add({ on: step, kind: 'slow', bytesPerSecond: 4_000 });
    const controller = new AbortController();
    const leader = service.getToken('ada', { signal: controller.signal });
    const follower = service.getToken('ada');
    await until(() => operations(sandbox).includes(step));
    controller.abort();
    await expect(leader).rejects.toMatchObject({ code: 'DFNS_ABORTED' });
    expect(operations(sandbox).at(-1)).toBe(step);
    expect(await follower).toBe(await service.getToken('ada'));
    expect(operations(sandbox)).toEqual(LOGIN);
  });

  it('for lack of time keeps nobody else from the token', async () => {
    sandbox.faults.add({ on: LOGIN[0] as string, kind: 'slow', bytesPerSecond: 4_000 });
    const leader = service.getToken('ada', { deadlineMs: 20 });
    const follower = service.getToken('ada');
    await expect(leader).rejects.toMatchObject({ code: 'DFNS_TIMEOUT' });
    await follower;
    expect(operations(sandbox)).toEqual(LOGIN);
  });

  it('before it began asks for nothing of its own account', async () => {
    await expect(service.getToken('ada', { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'DFNS_ABORTED',
    });
  });
});

describe('forget', () => {
  it('wins over a login under way: who waits gets its token, and nobody after them', async () => {
    sandbox.faults.add({ on: LOGIN[2] as string, kind: 'slow', bytesPerSecond: 4_000 });
    const waiting = service.getToken('ada');
    await until(() => sandbox.requests.length === 3);
    await service.forget('ada');
    const [old, fresh] = [await waiting, await service.getToken('ada')];
    expect(fresh).not.toBe(old);
    expect(await servedAtOnce()).toBe(fresh);
    expect(operations(sandbox)).toEqual([...LOGIN, ...LOGIN]);
  });
});

describe('logout', () => {
  it('ends the token at Dfns and forgets it', async () => {
    const token = await service.getToken('ada');
    await service.logout('ada');
    const answer = await fetch(`${sandbox.url}/wallets`, { headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(401);
    expect(await service.getToken('ada')).not.toBe(token);
  });

  it('asks nobody where there is no token', async () => {
    await service.logout('ada');
    expect(sandbox.requests).toEqual([]);
  });
});

describe('withToken', () => {
  const wallets = (userToken: string) =>
    context.get(DfnsClient).request({ method: 'GET', path: '/wallets', caller: { userToken } });
  const revoke = (token: string) =>
    fetch(`${sandbox.url}/auth/logout`, { method: 'PUT', headers: { authorization: `Bearer ${token}` } });

  it('drops a token that Dfns refuses, once for all who hold it, and tries once more', async () => {
    const token = await service.getToken('ada');
    expect((await revoke(token)).status).toBe(200);
    const before = sandbox.requests.length;
    await Promise.all(Array.from({ length: 5 }, () => service.withToken('ada', wallets)));
    const received = operations(sandbox, before);
    expect(received.filter((operation) => operation === 'GET /wallets')).toHaveLength(10);
    expect(received.filter((operation) => operation !== 'GET /wallets')).toEqual(LOGIN);
  });

  it('drops no newer token than the one that was refused', async () => {
    const refused = new DfnsError('DFNS_USER_UNAUTHORIZED', 'refused');
    let newer = '';
    const call = async (token: string) => {
      if (newer !== '') return token;
      await service.forget('ada');
      newer = await service.getToken('ada');
      throw refused;
    };
    expect(await service.withToken('ada', call)).toBe(newer);
    expect(operations(sandbox)).toEqual([...LOGIN, ...LOGIN]);
  });

  it('tries no third time', async () => {
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
    'does not try again after %s',
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
