/** The requests of one day, with a clock that this process sets: it passes as fast as the answers come. */
import 'reflect-metadata';
import { subscribe } from 'node:diagnostics_channel';
import { setTimeout as pause } from 'node:timers/promises';
import { Test } from '@nestjs/testing';
import { DelegatedAuthService, DFNS_CLOCK, DfnsAuthModule } from 'nestjs-dfns-auth';
import { serve, settings } from '../child.mjs';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Requests of one slice run at the same time. */
const SLICE_MS = 30_000;

const { url, orgId, authToken, credId, privateKey } = settings();
const midnight = Date.now();
let now = midnight;
const registration = DfnsAuthModule.forRoot({
  baseUrl: url,
  orgId,
  serviceAccount: { authToken, credential: { credId, privateKey } },
  tokens: { maxEntries: 1_000_000 },
});
const context = await Test.createTestingModule({ imports: [registration] })
  .overrideProvider(DFNS_CLOCK)
  .useValue(() => now)
  .compile();
const service = context.get(DelegatedAuthService);

/** Random numbers from 0 to 1, the same in every run (mulberry32). */
function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Picks users: the one of rank `n` as often as `n ** -exponent`. */
function zipf(users, exponent, random) {
  const sums = new Float64Array(users);
  let sum = 0;
  for (let i = 0; i < users; i += 1) {
    sum += (i + 1) ** -exponent;
    sums[i] = sum;
  }
  return () => {
    const wanted = random() * sum;
    let [low, high] = [0, users - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle] < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

serve({
  /** Simulates a day. `least` is the number of logins if each token were used until the end of its hour. */
  simulate: async ({ users, exponent, requests }) => {
    const counts = { hit: 0, miss: 0, coalesced: 0 };
    subscribe('nestjs-dfns-auth:token', ({ result }) => {
      counts[result] += 1;
    });
    const pick = zipf(users, exponent, randomNumbers(1));
    const tokenEnds = new Map();
    let least = 0;
    let failed = 0;
    const startedAt = performance.now();
    for (let sent = 0; now < midnight + DAY; now += SLICE_MS) {
      const due = Math.floor(((now + SLICE_MS - midnight) / DAY) * requests);
      const calls = [];
      for (; sent < due; sent += 1) {
        const user = pick();
        if (now >= (tokenEnds.get(user) ?? 0)) {
          least += 1;
          tokenEnds.set(user, now + HOUR);
        }
        calls.push(service.getToken(`user-${user}`).catch(() => failed++));
      }
      await Promise.all(calls);
    }
    // The last refreshes run in the background.
    await pause(500);
    return { ...counts, failed, least, users: tokenEnds.size, seconds: (performance.now() - startedAt) / 1_000 };
  },
});
