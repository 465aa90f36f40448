import { beforeEach, describe, expect, it } from '@jest/globals';
import type { DelegatedAuthService, TokenStore } from 'nestjs-dfns-auth';
import { MemoryTokenStore } from './support/memory-token-store.js';
import { useSandboxForEachTest } from './support/use-sandbox.js';
import { waitUntil } from './support/wait-until.js';

const LOGOUT = 'PUT /auth/logout';
const LOGIN = 'POST /auth/login/delegated';
const never = () => new Promise<never>(() => {});

const world = useSandboxForEachTest({ users: ['ada'] });
let store: MemoryTokenStore;

beforeEach(() => {
  store = new MemoryTokenStore();
});

const replica = (tokenStore: TokenStore = store) => world.startService({ tokens: { store: tokenStore } });

const isStored = (token: string) => [...store.rows.values()].some((row) => row.includes(token));

/** A replica whose memory has one live token, while the store has another live one of the same user. */
async function twoTokens(): Promise<{ here: DelegatedAuthService; tokens: string[] }> {
  const [here, there] = [await replica(), await replica()];
  const first = await here.getToken('ada');
  await waitUntil(() => isStored(first));
  await there.forget('ada');
  const second = await there.getToken('ada');
  await waitUntil(() => isStored(second));
  return { here, tokens: [first, second] };
}

async function statusesOf(tokens: string[]): Promise<number[]> {
  const asked = tokens.map((token) =>
    fetch(`${world.sandbox.url}/wallets`, { headers: { authorization: `Bearer ${token}` } }),
  );
  return (await Promise.all(asked)).map(({ status }) => status);
}

/** What Dfns received while `act` ran. */
async function received(act: () => Promise<unknown>): Promise<string[]> {
  const before = world.sandbox.requests.length;
  await act();
  return world.operations(before);
}

describe('logout', () => {
  it('ends the token in memory and the other one in the store', async () => {
    const { here, tokens } = await twoTokens();
    expect(await statusesOf(tokens)).toEqual([200, 200]);
    expect(await received(() => here.logout('ada'))).toEqual([LOGOUT, LOGOUT]);
    expect(await statusesOf(tokens)).toEqual([401, 401]);
    expect(store.rows.size).toBe(0);
    expect(tokens).not.toContain(await here.getToken('ada'));
  });

  it('ends a token once that is in memory and in the store', async () => {
    const here = await replica();
    const token = await here.getToken('ada');
    await waitUntil(() => isStored(token));
    expect(await received(() => here.logout('ada'))).toEqual([LOGOUT]);
  });

  it('ends the other token when one cannot be ended, forgets both, and says so', async () => {
    const { here, tokens } = await twoTokens();
    world.sandbox.faults.add({ on: LOGOUT, kind: 'status', status: 403 });
    const act = () => expect(here.logout('ada')).rejects.toMatchObject({ code: 'DFNS_USER_FORBIDDEN' });
    expect(await received(act)).toEqual([LOGOUT, LOGOUT]);
    expect((await statusesOf(tokens)).sort()).toEqual([200, 401]);
    expect(store.rows.size).toBe(0);
    expect(tokens).not.toContain(await here.getToken('ada'));
  });

  it('takes a token that is invalid already as ended', async () => {
    const here = await replica();
    const token = await here.getToken('ada');
    await fetch(`${world.sandbox.url}/auth/logout`, { method: 'PUT', headers: { authorization: `Bearer ${token}` } });
    await here.logout('ada');
  });

  it('ends at its deadline, over all its requests, and has forgotten', async () => {
    const { here, tokens } = await twoTokens();
    world.sandbox.faults.add({ on: LOGOUT, kind: 'hang', when: 'headers', times: 9 });
    await expect(here.logout('ada', { deadlineMs: 100 })).rejects.toMatchObject({ code: 'DFNS_TIMEOUT' });
    expect(tokens).not.toContain(await here.getToken('ada'));
  });

  it('sends nothing when it was aborted before, and forgets all the same', async () => {
    const { here, tokens } = await twoTokens();
    const aborted = { signal: AbortSignal.abort() };
    const act = () => expect(here.logout('ada', aborted)).rejects.toMatchObject({ code: 'DFNS_ABORTED' });
    expect(await received(act)).toEqual([]);
    expect(tokens).not.toContain(await here.getToken('ada'));
    expect(world.operations()).not.toContain(LOGOUT);
  });

  it('sends nothing after it was aborted while the store was asked', async () => {
    const { here } = await twoTokens();
    const get = store.get.bind(store);
    let answer = () => {};
    store.get = (key) =>
      new Promise((resolve) => {
        answer = () => resolve(get(key));
      });
    const controller = new AbortController();
    const leaving = here.logout('ada', { signal: controller.signal });
    controller.abort();
    await expect(leaving).rejects.toMatchObject({ code: 'DFNS_ABORTED' });
    answer();
    store.get = get;
    await waitUntil(() => store.rows.size === 0);
    await here.getToken('ada');
    expect(world.operations()).not.toContain(LOGOUT);
  });

  it('works without a store that answers', async () => {
    const here = await replica(Object.assign(new MemoryTokenStore(), { get: never, set: never, delete: never }));
    const token = await here.getToken('ada');
    await here.logout('ada');
    expect(await statusesOf([token])).toEqual([401]);
  });
});

describe('forget', () => {
  it('waits no longer than its deadline, and has forgotten', async () => {
    const here = await replica(Object.assign(new MemoryTokenStore(), { delete: never }));
    const token = await here.getToken('ada');
    await expect(here.forget('ada', { deadlineMs: 20 })).rejects.toMatchObject({ code: 'DFNS_TIMEOUT' });
    expect(await here.getToken('ada')).not.toBe(token);
  });

  it('asks Dfns for nothing', async () => {
    const { here } = await twoTokens();
    expect(await received(() => here.forget('ada'))).toEqual([]);
    expect(await received(() => here.getToken('ada'))).toContain(LOGIN);
  });
});
