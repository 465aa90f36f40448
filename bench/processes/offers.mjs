/** Offers logins at a fixed rate, whether or not earlier ones have ended, and tells what became of them. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { serve, settings } from '../child.mjs';
import { percentile } from '../table.mjs';
import { createService } from './clients/ours.mjs';

const TICK_MS = 5;

const { name, deadlineMs, ...account } = settings();
const service = await createService(account, { http: { deadlineMs } });
let users = 0;

/** Resolves to when and how one login ended, in milliseconds since `from`. */
async function login(from) {
  users += 1;
  const startedAt = performance.now();
  const error = await service.login({ username: `${name}-${users}` }).then(
    () => undefined,
    (thrown) => thrown,
  );
  const endedAt = performance.now();
  return { error, ms: endedAt - startedAt, at: endedAt - from };
}

/** How often each code ended a login. */
function codesOf(results) {
  const codes = {};
  for (const { error } of results) if (error) codes[error.code] = (codes[error.code] ?? 0) + 1;
  return codes;
}

/** Begins logins until the time is up, and waits for all of them. */
async function offer({ rate, seconds }) {
  const from = performance.now();
  const logins = [];
  await new Promise((resolve) => {
    const timer = setInterval(() => {
      const elapsedMs = Math.min(performance.now() - from, seconds * 1_000);
      while (logins.length < (elapsedMs / 1_000) * rate) logins.push(login(from));
      if (elapsedMs < seconds * 1_000) return;
      clearInterval(timer);
      resolve();
    }, TICK_MS);
  });
  return Promise.all(logins);
}

serve({
  offer: async (message) => {
    const delay = monitorEventLoopDelay({ resolution: TICK_MS });
    delay.enable();
    const results = await offer(message);
    delay.disable();
    const refused = results.filter(({ error }) => error);
    return {
      offered: results.length,
      inTime: results.filter(({ error, at }) => !error && at <= message.seconds * 1_000).length,
      doneMs: results.filter(({ error }) => !error).map(({ ms }) => ms),
      refusedMs: refused.map(({ ms }) => ms),
      codes: codesOf(results),
      // A call that the deadline ended was refused by nobody.
      withoutRetryAfter: refused.filter(({ error }) => error.code === 'DFNS_RATE_LIMITED' && !(error.retryAfterMs > 0))
        .length,
      // The timer of the measurement itself counts as delay.
      loopP99Ms: delay.percentile(99) / 1e6 - TICK_MS,
      loopMaxMs: delay.max / 1e6 - TICK_MS,
      rssMb: process.memoryUsage.rss() / 2 ** 20,
    };
  },
  /** Logs a few users in at once. Returns how many succeeded and how long the slowest took. */
  few: async ({ count }) => {
    const results = await Promise.all(Array.from({ length: count }, () => login(0)));
    return {
      done: results.filter(({ error }) => !error).length,
      codes: codesOf(results),
      mostMs: percentile(
        results.map(({ ms }) => ms),
        100,
      ),
    };
  },
});
