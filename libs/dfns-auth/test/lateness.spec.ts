// A unit of its own: which calls would be late, for forecasts and quotas that a test through HTTP cannot choose one by one.
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { CallScope } from '../src/http/call-scope.js';
import { Forecast } from '../src/http/forecast.js';
import { Lateness } from '../src/http/lateness.js';
import { Pause } from '../src/http/pause.js';
import { Quota } from '../src/http/quota.js';

const KIND = 'POST /auth/login/delegated';
const PLACES = 2;
const DEADLINE_MS = 1_000;

let quota: Quota;
let pause: Pause;
let forecast: Forecast;
let lateness: Lateness;
let scopes: { end(): void }[];

beforeEach(() => {
  jest.useFakeTimers({ now: 1_800_000_000_000 });
  quota = new Quota(Date.now, () => {});
  pause = new Pause(Date.now, () => {});
  forecast = new Forecast(PLACES);
  lateness = new Lateness(quota, pause, forecast);
  scopes = [];
});

afterEach(() => {
  for (const { end } of scopes) end();
  jest.useRealTimers();
});

/** A call of three requests that has `DEADLINE_MS` from now. */
function newCall() {
  let call: CallScope | undefined;
  void CallScope.run(DEADLINE_MS, [], (scope) => {
    call = scope;
    return new Promise<void>((end) => scopes.push({ end }));
  }).catch(() => {});
  return { scope: call as CallScope, kind: KIND, requests: 3, attempt: {}, isContinued: false };
}

/** Dfns has said that so much of a limit is left until a moment in so many milliseconds. */
function tell(limit: number, remaining: number, resetMs: number): void {
  const headers = {
    'x-ratelimit-limit': `${limit}`,
    'x-ratelimit-remaining': `${remaining}`,
    'x-ratelimit-reset': `${(Date.now() + resetMs) / 1_000}`,
  };
  quota.read({ status: 200, bytes: Buffer.alloc(0), headers }, 0);
}

const late = (call = newCall(), { ahead = 0, promised = 0, others = false } = {}) =>
  lateness.lateMs(call, ahead, promised, others);

describe('a call', () => {
  it('is not late as long as nothing is known', () => {
    expect(late(newCall(), { ahead: 10_000, promised: 10_000, others: true })).toBe(0);
  });

  it('is late if it lasts longer than it may: at first only twice as long', () => {
    forecast.noteCall(KIND, 2_000);
    expect(late()).toBe(0);
    const call = newCall();
    jest.advanceTimersByTime(1);
    expect(late(call)).toBe(2_000);
  });

  it('is believed to be late for two seconds after one was late', () => {
    forecast.noteCall(KIND, 1_001);
    expect(late()).toBe(0);
    lateness.note();
    expect(late()).toBe(1_001);
    jest.advanceTimersByTime(2_000);
    expect(late()).toBe(1_001);
    jest.advanceTimersByTime(1);
    expect(late()).toBe(0);
  });

  it('is late if those ahead take too long in all places', () => {
    lateness.note();
    forecast.noteRequest(200);
    forecast.noteCall(KIND, 100);
    // Three requests of 200 ms in two places: 300 ms for each call ahead.
    expect([3, 4].map((ahead) => late(newCall(), { ahead }))).toEqual([0, 1_300]);
  });

  it('is late if the pause or the quota lasts too long, without a doubt', () => {
    pause.extend(1_000);
    expect(late()).toBe(0);
    pause.extend(1_001);
    expect(late()).toBe(1_001);
    jest.advanceTimersByTime(1_001);
    tell(100, 10, 1_500);
    expect([4, 5, 7].map((promised) => late(newCall(), { promised }))).toEqual([0, 0, 0]);
    expect(late(newCall(), { promised: 8 })).toBe(1_500);
    expect([2, 3].map((ahead) => late(newCall(), { ahead }))).toEqual([0, 1_500]);
  });

  it('that has less than a quarter of its time left is late if others wait for a scarce quota', () => {
    tell(100, 0, 500);
    jest.advanceTimersByTime(500);
    const call = newCall();
    jest.advanceTimersByTime(750);
    expect(late(call, { others: true })).toBe(0);
    jest.advanceTimersByTime(1);
    expect(late(call, { others: true })).toBe(250);
    expect(late(call)).toBe(0);
    tell(100, 100, 60_000);
    expect(late(call, { others: true })).toBe(250);
    jest.advanceTimersByTime(60_000);
    const next = newCall();
    jest.advanceTimersByTime(999);
    expect(late(next, { others: true })).toBe(0);
  });

  it('that is refused hears how long it would have taken, in whole milliseconds, and is the reason to refuse others', () => {
    forecast.noteCall(KIND, 1_001);
    expect(late()).toBe(0);
    expect(lateness.refusal(1_200.2)).toMatchObject({
      code: 'DFNS_RATE_LIMITED',
      message: 'too many calls wait for Dfns: this call would not end in time',
      retryAfterMs: 1_201,
    });
    expect(late()).toBe(1_001);
  });
});
