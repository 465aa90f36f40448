import { connectionFailure } from './connection-failures.js';
import { Probe, type ProbeAnswer } from './probe.js';
import type { Finding } from './report.js';

/** Least and most milliseconds for one request. */
const TIMEOUT_MS = { min: 1_000, max: 10_000 };
/** Requests for the latency. They count for the quota of the organisation, so there are few. */
const REQUESTS = 5;
const CLOCK_WARNING_MS = 30_000;
/** With a larger difference the library serves tokens that have ended: its `tokens.leewayMs`. */
const CLOCK_LIMIT_MS = 60_000;

/**
 * Checks the way to Dfns: whether it answers, its clock, and how long it takes.
 *
 * @param attemptTimeoutMs how long the library waits for one answer
 */
export async function checkConnection(baseUrl: string, attemptTimeoutMs: number): Promise<Finding[]> {
  const probe = new Probe(baseUrl);
  const { host } = new URL(baseUrl);
  // Longer than the library waits, to tell a slow answer from none.
  const timeoutMs = Math.min(Math.max(2 * attemptTimeoutMs, TIMEOUT_MS.min), TIMEOUT_MS.max);
  try {
    const first = await probe.send(timeoutMs);
    const finding = connectionOf(first, host);
    if (finding.status === 'failed') return [finding];
    const times: number[] = [];
    const enoughAt = performance.now() + TIMEOUT_MS.max;
    do times.push((await probe.send(timeoutMs)).tookMs);
    while (times.length < REQUESTS && performance.now() < enoughAt);
    return [finding, clockOf(first), latencyOf(times, attemptTimeoutMs)];
  } catch (error) {
    return [{ check: 'connection', status: 'failed', ...connectionFailure(error, host, timeoutMs) }];
  } finally {
    probe.close();
  }
}

/** Dfns refuses a request without a token with a status from 400 to 499. */
function connectionOf({ status, tookMs }: ProbeAnswer, host: string): Finding {
  const check = 'connection';
  const message = `${host} answers ${status}`;
  if (status >= 500) {
    const fix = 'Dfns, or a proxy before it, has an outage: try again later, and look at the status page of Dfns';
    return { check, status: 'failed', message, fix };
  }
  if (status === 404) {
    return { check, status: 'failed', message, fix: 'Dfns is not at this path: check the path in DFNS_API_URL' };
  }
  if (status < 400) {
    const fix = 'Dfns would refuse a request without a token: check DFNS_API_URL, and what stands between you and Dfns';
    return { check, status: 'failed', message: `${message} to a request without a token`, fix };
  }
  return { check, status: 'ok', message: `${host} answers, the first time after ${Math.ceil(tookMs)} ms` };
}

function clockOf({ serverTime, localTime }: ProbeAnswer): Finding {
  const check = 'clock';
  if (serverTime === undefined) return { check, status: 'unknown', message: 'the answer has no header Date' };
  // The header has whole seconds, so the half of one is added.
  const aheadMs = localTime - (serverTime + 500);
  const seconds = Math.round(Math.abs(aheadMs) / 1_000);
  const message = `the clock of this machine is ${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} that of Dfns`;
  if (Math.abs(aheadMs) <= CLOCK_WARNING_MS) {
    return { check, status: 'ok', message: `the clock of this machine is less than ${seconds + 1} s off` };
  }
  const fix = 'set the clock with NTP; with a wrong one, tokens are used after their end or dropped too early';
  return { check, status: Math.abs(aheadMs) > CLOCK_LIMIT_MS ? 'failed' : 'warning', message, fix };
}

function latencyOf(times: number[], attemptTimeoutMs: number): Finding {
  const check = 'latency';
  const median = times.sort((one, other) => one - other)[Math.floor(times.length / 2)] as number;
  const message = `an answer takes ${Math.ceil(median)} ms (the median of ${times.length}), and a login needs three`;
  if (median >= attemptTimeoutMs) {
    const fix = `it must be below DFNS_ATTEMPT_TIMEOUT_MS (${attemptTimeoutMs}): raise that, or run nearer to the region`;
    return { check, status: 'failed', message, fix };
  }
  if (median <= attemptTimeoutMs / 4) return { check, status: 'ok', message };
  const fix = `it is more than a quarter of DFNS_ATTEMPT_TIMEOUT_MS (${attemptTimeoutMs}): run nearer to the region`;
  return { check, status: 'warning', message, fix };
}
