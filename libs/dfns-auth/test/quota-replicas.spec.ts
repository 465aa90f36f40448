// A simulation: replicas that know nothing of each other, one quota at Dfns, and a time that costs nothing.
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import type { DfnsAuthConfig } from '../src/config/config.js';
import type { Answer } from '../src/http/answer.js';
import { CallScope } from '../src/http/call-scope.js';
import { QuotaGovernor } from '../src/http/governor.js';

const LOGIN = 'POST /auth/login/delegated';
const REQUESTS = 3;
const DEADLINE_MS = 3_000;
const WINDOW_MS = 5_000;
/** How long logins are offered, by the time of the simulation: six windows. */
const OFFERED_MS = 30_000;

beforeEach(() => {
  jest.useFakeTimers({ now: Date.UTC(2026, 10, 1) });
});

afterEach(() => {
  jest.useRealTimers();
});

/** Numbers from 0 to 1, the same ones for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Dfns, as far as the governors see it: it counts requests in windows, and tells what is left. */
class Meter {
  readonly #limit: number;
  #endsAt = 0;
  #used = 0;
  windows = 0;
  accepted = 0;
  refused = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  count(): Answer {
    const now = Date.now();
    if (now >= this.#endsAt) {
      this.#endsAt = now + WINDOW_MS;
      this.#used = 0;
      this.windows += 1;
    }
    this.#used += 1;
    const isTooMuch = this.#used > this.#limit;
    if (isTooMuch) this.refused += 1;
    else this.accepted += 1;
    const headers = {
      'x-ratelimit-limit': `${this.#limit}`,
      'x-ratelimit-remaining': `${Math.max(0, this.#limit - this.#used)}`,
      'x-ratelimit-reset': `${Math.ceil(this.#endsAt / 1_000)}`,
      ...(isTooMuch && { 'retry-after': `${Math.ceil((this.#endsAt - now) / 1_000)}` }),
    };
    return { status: isTooMuch ? 429 : 200, headers, bytes: Buffer.alloc(0) };
  }
}

interface Scenario {
  replicas: number;
  limit: number;
  /** Logins that each replica is asked for in a second. */
  rate: number;
  /** Milliseconds of a request and its answer, at least and at most. */
  latencyMs: [number, number];
  /** How many times as long a request of every other replica takes. */
  slower?: number;
}

/** Offers logins to replicas. `finished` counts those of each replica. */
async function simulate(scenario: Scenario, seed: number) {
  const { replicas, limit, rate, latencyMs, slower = 1 } = scenario;
  const [least, most] = latencyMs;
  const random = randomOf(seed);
  const meter = new Meter(limit);
  const wayMs = (replica: number) => ((least + random() * (most - least)) / 2) * (replica % 2 ? slower : 1);
  const finished = Array<number>(replicas).fill(0);
  let offered = 0;

  async function login(governor: QuotaGovernor, replica: number): Promise<void> {
    const attempt = {};
    offered += 1;
    const ask = async () => {
      await pause(wayMs(replica));
      const answer = meter.count();
      await pause(wayMs(replica));
      return answer;
    };
    const steps = async (scope: CallScope) => {
      for (let sent = 0; sent < REQUESTS; sent += 1) {
        const demand = { scope, attempt, isContinued: sent > 0, requests: REQUESTS, kind: LOGIN };
        while ((await governor.run(demand, ask)).status !== 200);
      }
    };
    try {
      await CallScope.run(DEADLINE_MS, [], (scope) => steps(scope).finally(() => governor.end(attempt, LOGIN)));
      finished[replica] = (finished[replica] ?? 0) + 1;
    } catch {
      // Refused or late.
    }
  }

  const endsAt = Date.now() + OFFERED_MS;
  async function offer(_: unknown, replica: number): Promise<void> {
    const governor = new QuotaGovernor({ http: { maxSockets: 64 } } as DfnsAuthConfig, Date.now);
    for (;;) {
      await pause((-Math.log(1 - random()) * 1_000) / rate);
      if (Date.now() >= endsAt) break;
      void login(governor, replica);
    }
  }
  const offers = Array.from({ length: replicas }, offer);
  while (Date.now() < endsAt + DEADLINE_MS) await jest.advanceTimersByTimeAsync(2);
  await Promise.all(offers);
  const logins = finished.reduce((sum, count) => sum + count, 0);
  return {
    refused: meter.refused / (meter.accepted + meter.refused),
    ofFinished: (REQUESTS * logins) / meter.accepted,
    ofPossible: logins / Math.min(offered, (meter.windows * limit) / REQUESTS),
    mostToFewest: Math.max(...finished) / Math.min(...finished),
  };
}

describe('replicas that share a quota, with more logins than it allows', () => {
  it.each<[string, Scenario]>([
    ['6 replicas, fast answers', { replicas: 6, limit: 1_500, rate: 60, latencyMs: [6, 14] }],
    ['8 replicas, answers after 100 ms', { replicas: 8, limit: 1_000, rate: 30, latencyMs: [60, 140] }],
    ['8 replicas, seven times too many logins', { replicas: 8, limit: 1_000, rate: 60, latencyMs: [40, 80] }],
    ['8 replicas, a small quota', { replicas: 8, limit: 600, rate: 30, latencyMs: [20, 40] }],
    ['6 replicas, three of them slower', { replicas: 6, limit: 900, rate: 60, latencyMs: [2, 6], slower: 8 }],
    ['one replica', { replicas: 1, limit: 600, rate: 200, latencyMs: [20, 40] }],
  ])(
    'use it up for logins that finish, each as much as the others: %s',
    async (_what, scenario) => {
      const [seed] = fc.sample(fc.nat(), 1) as [number];
      const { refused, ofFinished, ofPossible, mostToFewest } = await simulate(scenario, seed);
      expect({
        seed,
        isSeldomRefused: refused <= 0.02,
        isUsedUp: ofPossible >= 0.85,
        isForLoginsThatFinish: ofFinished >= 0.95,
        isFair: mostToFewest <= 1.25,
      }).toEqual({ seed, isSeldomRefused: true, isUsedUp: true, isForLoginsThatFinish: true, isFair: true });
      // Each step of the simulated time is a turn of the event loop.
    },
    120_000,
  );
});

it('a replica that is alone is not slowed by answers that come in another order', async () => {
  const calls = 60;
  const [seed] = fc.sample(fc.nat(), 1) as [number];
  const random = randomOf(seed);
  const meter = new Meter(100 * calls);
  const governor = new QuotaGovernor({ http: { maxSockets: calls } } as DfnsAuthConfig, Date.now);
  let underWay = 0;
  const ask = async () => {
    underWay += 1;
    await pause(random() * 100);
    const answer = meter.count();
    await pause(random() * 100);
    underWay -= 1;
    return answer;
  };
  const read = async (scope: CallScope) => {
    const attempt = {};
    await governor.run({ scope, attempt, isContinued: false, requests: 1, kind: 'GET /wallets' }, ask);
    governor.end(attempt, 'GET /wallets');
  };
  const reader = async () => {
    for (let round = 0; round < 20; round += 1) await CallScope.run(DEADLINE_MS, [], read);
  };
  const readers = Promise.all(Array.from({ length: calls }, reader));
  // Nobody has read twenty times yet. Whoever has an answer asks again at once.
  for (let ms = 0; ms < 200; ms += 1) {
    await jest.advanceTimersByTimeAsync(1);
    expect({ seed, ms, underWay }).toEqual({ seed, ms, underWay: calls });
  }
  await jest.advanceTimersByTimeAsync(4_000);
  await readers;
});
