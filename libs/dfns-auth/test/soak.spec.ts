import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import type { CreatedServiceAccount, Fault } from 'dfns-sandbox';
import { DelegatedAuthService, DfnsAuthModule, DfnsError } from 'nestjs-dfns-auth';
import { startInstance } from './support/library-instance.js';
import { processResources, processResourcesAfter } from './support/process-resources.js';
import { usernameOf } from './support/token-claims.js';

/** `npm run soak` sets it to 20,000. */
const LOGINS = Number(process.env['SOAK_LOGINS'] ?? 300);
const SEED = Number(process.env['SOAK_SEED'] ?? Date.now() % 2 ** 31);
const AT_ONCE = 20;
const FAULT_SHARE = 0.1;
const DEADLINE_MS = 5_000;
/** The time that a busy machine may add to a deadline. */
const SLACK_MS = 500;
const USERNAMES = Array.from({ length: 50 }, (_, at) => `user-${at}`);
const STEPS = ['POST /auth/action/init', 'POST /auth/action', 'POST /auth/login/delegated'];

const FAULTS: Omit<Fault, 'on'>[] = [
  { kind: 'hang' },
  { kind: 'hang', when: 'body' },
  { kind: 'reset' },
  { kind: 'reset', when: 'after' },
  { kind: 'reset', when: 'body' },
  { kind: 'slow', bytesPerSecond: 100 },
  { kind: 'truncate' },
  { kind: 'html' },
  { kind: 'redirect', location: 'http://127.0.0.1:1/' },
  { kind: 'huge', bytes: 2 ** 21 },
  { kind: 'huge', bytes: 2 ** 21, gzip: true },
  { kind: 'echo', status: 401 },
  { kind: 'status', status: 200, body: '{}' },
  { kind: 'status', status: 204, body: '' },
  { kind: 'status', status: 429, headers: { 'retry-after': '0' } },
  { kind: 'status', status: 500 },
  { kind: 'status', status: 503, body: '' },
] as Omit<Fault, 'on'>[];

let thread: Worker;
let context: TestingModule;
let auth: DelegatedAuthService;

beforeAll(async () => {
  thread = new Worker('./libs/dfns-auth/test/support/sandbox-thread.mjs', { workerData: { usernames: USERNAMES } });
  const [{ url, orgId, account }] = (await once(thread, 'message')) as [
    { url: string; orgId: string; account: Required<CreatedServiceAccount> },
  ];
  const { authToken, credId, privateKey } = account;
  const library = DfnsAuthModule.forRoot({
    baseUrl: url,
    orgId,
    serviceAccount: { authToken, credential: { credId, privateKey } },
    http: { attemptTimeoutMs: 1_000, deadlineMs: DEADLINE_MS },
    tokens: { maxEntries: 10 },
  });
  context = await startInstance(library);
  auth = context.get(DelegatedAuthService);
});

afterAll(async () => {
  await context.close();
  await thread.terminate();
});

/** Returns numbers from 0 to 1, the same ones for the same seed (mulberry32). */
let state = SEED;
function chance(): number {
  state = (state + 0x6d2b79f5) | 0;
  let bits = Math.imul(state ^ (state >>> 15), state | 1);
  bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
  return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
}
const oneOf = <T>(all: T[]) => all[Math.floor(chance() * all.length)] as T;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function standing() {
  collectGarbage();
  const listeners = process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
  return { heap: process.memoryUsage().heapUsed, listeners };
}

interface Tally {
  tokens: number;
  errors: Record<string, number>;
  slowestMs: number;
}

async function loginOnce(tally: Tally): Promise<void> {
  const username = oneOf(USERNAMES);
  if (chance() < FAULT_SHARE) thread.postMessage({ ...oneOf(FAULTS), on: oneOf(STEPS) });
  const startedAt = performance.now();
  try {
    const token = chance() < 0.5 ? await auth.getToken(username) : (await auth.login({ username })).token;
    expect(usernameOf(token)).toBe(username);
    tally.tokens += 1;
  } catch (error) {
    if (!(error instanceof DfnsError)) throw error;
    tally.errors[error.code] = (tally.errors[error.code] ?? 0) + 1;
  }
  tally.slowestMs = Math.max(tally.slowestMs, performance.now() - startedAt);
}

/** Makes `count` logins, at most {@link AT_ONCE} at the same time. */
async function logins(count: number): Promise<Tally> {
  const tally: Tally = { tokens: 0, errors: {}, slowestMs: 0 };
  let left = count;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      await loginOnce(tally);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return tally;
}

it(`${LOGINS} logins, with a fault in every tenth one, leave no resources open: seed ${SEED}`, async () => {
  const warm = Math.ceil(LOGINS / 10);
  await logins(warm);
  const before = { ...standing(), ...processResources() };
  const tally = await logins(LOGINS - warm);
  const after = { ...(await processResourcesAfter(before)), ...standing() };

  const failed = Object.values(tally.errors).reduce((sum, count) => sum + count, 0);
  console.log(JSON.stringify({ seed: SEED, ...tally, heapGrewBy: after.heap - before.heap }));
  expect(tally.tokens + failed).toBe(LOGINS - warm);
  expect(tally.tokens).toBeGreaterThan(LOGINS / 2);
  expect(failed).toBeGreaterThan(0);
  expect(tally.slowestMs).toBeLessThan(DEADLINE_MS + SLACK_MS);
  expect(after.heap - before.heap).toBeLessThan(4 * 2 ** 20);
  expect(after.timers).toBeLessThanOrEqual(before.timers);
  expect(after.sockets).toBeLessThanOrEqual(AT_ONCE);
  expect(after.listeners).toBeLessThanOrEqual(before.listeners);
}, 600_000);
