// Units of their own: how long a login waits for other replicas, to the millisecond.
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { TokenStore } from '../src/config/stores.js';
import { CallScope } from '../src/http/call-scope.js';
import { EndSignal } from '../src/http/end-signal.js';
import { GuardedStore } from '../src/tokens/guarded-store.js';
import { LoginFlight } from '../src/tokens/login-flight.js';
import { type HolderWatch, LOCK_MS, LoginLock } from '../src/tokens/login-lock.js';
import type { LiveToken } from '../src/tokens/token-lifetime.js';

const LIVE: LiveToken = { token: 'a token', askedAt: 0, refreshAt: 1, staleAt: 2 };

beforeEach(() => {
  jest.useFakeTimers({ now: 1_800_000_000_000 });
});

afterEach(() => {
  jest.clearAllTimers();
  jest.useRealTimers();
});

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

describe('a login', () => {
  let flight: LoginFlight;
  let land: (live: LiveToken) => void;

  function start(newerThan?: LiveToken): void {
    flight = new LoginFlight(
      () =>
        new Promise((resolve) => {
          land = resolve;
        }),
      newerThan,
    );
  }

  /** A call that waits for the token, and what it got. */
  function join(deadlineMs: number) {
    const end = new EndSignal();
    const call = { leave: () => end.abort(), end: undefined as unknown };
    CallScope.run(deadlineMs, [end], (scope) => flight.join(scope)).then(
      (live) => {
        call.end = live.token;
      },
      (error) => {
        call.end = error.code;
      },
    );
    return call;
  }

  it('waits a third of the time of a call, and the most impatient call decides', async () => {
    start();
    join(9_000);
    await pass(1_000);
    join(3_000);
    await pass(999);
    expect(flight.waitSignal.aborted).toBe(false);
    await pass(1);
    expect(flight.waitSignal.aborted).toBe(true);
    expect(flight.isAbandoned).toBe(false);
  });

  it('waits for a replica without a sign of life a sixteenth of the time of the most impatient call', () => {
    start();
    expect(flight.patienceMs).toBe(Number.POSITIVE_INFINITY);
    join(1_600);
    expect(flight.patienceMs).toBe(100);
    join(3_200);
    expect(flight.patienceMs).toBe(100);
    join(800);
    expect(flight.patienceMs).toBe(50);
  });

  it('that a call has left does not wait less for it', async () => {
    start();
    const hurried = join(300);
    join(9_000);
    hurried.leave();
    await pass(2_999);
    expect(flight.waitSignal.aborted).toBe(false);
    await pass(1);
    expect(flight.waitSignal.aborted).toBe(true);
  });

  it('gives its token to all calls that wait', async () => {
    start();
    const calls = [join(1_000), join(1_000)];
    flight.begin();
    const late = join(1_000);
    land(LIVE);
    await pass(0);
    expect([...calls, late].map(({ end }) => end)).toEqual([LIVE.token, LIVE.token, LIVE.token]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is abandoned by the last call that leaves before it begins', async () => {
    start();
    const calls = [join(1_000), join(1_000)];
    calls[0]?.leave();
    await pass(0);
    expect(flight.isAbandoned).toBe(false);
    calls[1]?.leave();
    await pass(0);
    expect([flight.isAbandoned, flight.waitSignal.aborted]).toEqual([true, true]);
    expect(() => flight.begin()).toThrow(expect.objectContaining({ code: 'DFNS_ABORTED' }));
    expect(() => flight.begin()).toThrow('no call waits for the login any more');
  });

  it('goes on without calls once it has begun', async () => {
    start();
    const first = join(1_000);
    flight.begin();
    const second = join(1_000);
    first.leave();
    second.leave();
    await pass(0);
    expect([first.end, second.end]).toEqual(['DFNS_ABORTED', 'DFNS_ABORTED']);
    expect([flight.isAbandoned, flight.waitSignal.aborted]).toEqual([false, false]);
  });

  it('that renews a token needs no call', async () => {
    start(LIVE);
    expect(flight.newerThan).toBe(LIVE);
    const call = join(1_000);
    call.leave();
    await pass(0);
    expect(flight.isAbandoned).toBe(false);
    expect(() => flight.begin()).not.toThrow();
  });

  it('is forgotten when it is told so', () => {
    start();
    expect(flight.isForgotten).toBe(false);
    flight.forget();
    expect(flight.isForgotten).toBe(true);
  });
});

describe('the lock of another replica', () => {
  const rows = new Map<string, string>();
  const writes: [string, string, number][] = [];
  const store: TokenStore = {
    get: async (key) => rows.get(key),
    set: async (key, value, ttlMs) => {
      writes.push([key, value, ttlMs]);
      rows.set(key, value);
    },
    delete: async (key) => void rows.delete(key),
  };
  let locked: unknown[];
  let released: number;
  let lock: LoginLock;

  beforeEach(() => {
    rows.clear();
    writes.length = 0;
    locked = [];
    released = 0;
    const lockable: TokenStore = {
      ...store,
      lock: async (...given) => {
        locked.push(given);
        return async () => {
          released += 1;
        };
      },
    };
    lock = new LoginLock(new GuardedStore(lockable, ['an organisation']));
  });

  const signKey = JSON.stringify(['an organisation', 'ada', 'sign of life']);

  /** Pauses that a watch allows one after another, until it takes the holder for dead. */
  async function pauses(patienceMs: number, most: number, onPause: (count: number) => void = () => {}) {
    const seen: (number | undefined)[] = [];
    await lock.watching('ada', async (holder: HolderWatch) => {
      while (seen.length < most) {
        const pauseMs = await holder.nextPauseMs(patienceMs);
        seen.push(pauseMs);
        if (pauseMs === undefined) return;
        onPause(seen.length);
      }
    });
    return seen;
  }

  it('is waited for in steps of 50 ms, until patience ends', async () => {
    expect(await pauses(120, 9)).toEqual([50, 50, 20, undefined]);
    expect(await pauses(100, 9)).toEqual([50, 50, undefined]);
    expect(await pauses(30, 9)).toEqual([30, undefined]);
  });

  it('is waited for longer with each new sign of life, and not with an old one', async () => {
    rows.set(signKey, 'first');
    const signs = (count: number) => {
      if (count <= 2) rows.set(signKey, `sign ${count}`);
    };
    expect(await pauses(50, 9, signs)).toEqual([50, 50, 50, undefined]);
    rows.set(signKey, 'old');
    expect(await pauses(50, 9)).toEqual([50, undefined]);
    expect(await pauses(50, 9, () => rows.clear())).toEqual([50, undefined]);
  });

  it('is looked at less often by each while many watch', async () => {
    let watched = 0;
    let end = () => {};
    const end30 = new Promise<void>((resolve) => {
      end = resolve;
    });
    const watches = Array.from({ length: 99 }, () =>
      lock.watching('bob', async () => {
        watched += 1;
        await end30;
      }),
    );
    expect(watched).toBe(99);
    expect(await pauses(1_000, 2)).toEqual([200, 200]);
    end();
    await Promise.all(watches);
    expect(await pauses(1_000, 1)).toEqual([50]);
  });

  it('has a sign of life every 250 ms, until it is released', async () => {
    const release = await lock.take('ada');
    expect(locked).toEqual([[JSON.stringify(['an organisation', 'ada']), LOCK_MS]]);
    await pass(249);
    expect(writes).toEqual([]);
    await pass(1);
    const first = rows.get(signKey);
    expect(writes).toEqual([[signKey, first, LOCK_MS]]);
    await pass(250);
    expect(rows.get(signKey)).not.toBe(first);
    await release?.();
    expect([released, rows.size]).toEqual([1, 0]);
    await pass(1_000);
    expect(writes).toHaveLength(2);
  });

  it('that is released soon had no sign, and none is deleted', async () => {
    rows.set(signKey, 'of another replica');
    const release = await lock.take('ada');
    await release?.();
    expect([released, rows.get(signKey)]).toEqual([1, 'of another replica']);
  });

  it('is always free in a store without locks', async () => {
    lock = new LoginLock(new GuardedStore(store, []));
    expect(await lock.take('ada')).toBeInstanceOf(Function);
  });

  it('is released if it comes too late', async () => {
    let give: () => void = () => {};
    const slow = (release?: () => Promise<void>): TokenStore => ({
      ...store,
      lock: () =>
        new Promise((resolve) => {
          give = () => resolve(release);
        }),
    });
    const failing = async () => {
      released += 1;
      throw new Error('gone');
    };
    const unhandled: unknown[] = [];
    const note = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', note);
    for (const release of [failing, undefined]) {
      lock = new LoginLock(new GuardedStore(slow(release), []));
      const taken = lock.take('ada').catch(() => 'too late');
      await pass(500);
      expect(await taken).toBe('too late');
      give();
      await pass(0);
    }
    jest.useRealTimers();
    await new Promise(setImmediate);
    process.off('unhandledRejection', note);
    expect([released, unhandled]).toEqual([1, []]);
  });
});
