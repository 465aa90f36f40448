// Units of their own: what the governor learns from durations. Here each duration and the time are chosen.
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { BegunAttempts } from '../src/http/begun-attempts.js';
import { Forecast } from '../src/http/forecast.js';

beforeEach(() => {
  jest.useFakeTimers({ now: 0 });
});

afterEach(() => {
  jest.useRealTimers();
});

const LOGIN = 'POST /auth/login/delegated';
const times = (count: number, note: () => void) => {
  for (let i = 0; i < count; i += 1) note();
};

describe('the forecast', () => {
  it('says nothing as long as nothing is known', () => {
    const forecast = new Forecast(8);
    expect([forecast.lineMs(1_000), forecast.callMs(LOGIN)]).toEqual([0, 0]);
  });

  it('expects the requests of a line to share the places', () => {
    const forecast = new Forecast(8);
    forecast.noteRequest(100);
    expect([forecast.lineMs(0), forecast.lineMs(8), forecast.lineMs(12)]).toEqual([0, 100, 150]);
  });

  it('has the mean of few durations, and follows when requests become slower', () => {
    const forecast = new Forecast(1);
    for (const ms of [10, 20, 60]) forecast.noteRequest(ms);
    expect(forecast.lineMs(1)).toBeCloseTo(30);
    times(100, () => forecast.noteRequest(500));
    expect(forecast.lineMs(1)).toBeGreaterThan(490);
    expect(forecast.lineMs(1)).toBeLessThanOrEqual(500);
  });

  it('follows at least sixteen requests, and as many as there are places', () => {
    const few = new Forecast(4);
    const many = new Forecast(64);
    for (const forecast of [few, many]) {
      times(1_000, () => forecast.noteRequest(0));
      forecast.noteRequest(640);
    }
    expect(few.lineMs(4)).toBeCloseTo(640 / 16);
    expect(many.lineMs(64)).toBeCloseTo(640 / 64);
  });

  it('expects more of a call than the mean if calls differ', () => {
    const forecast = new Forecast(8);
    times(50, () => forecast.noteCall('GET /a', 100));
    for (let i = 0; i < 400; i += 1) forecast.noteCall('GET /b', i % 2 === 0 ? 50 : 150);
    expect(forecast.callMs('GET /a')).toBeCloseTo(100);
    expect(forecast.callMs('GET /b')).toBeGreaterThan(135);
    expect(forecast.callMs('GET /b')).toBeLessThan(165);
    expect(forecast.callMs('GET /c')).toBe(0);
  });

  it('is between the shortest and the longest duration, and a call at most twice the longest', () => {
    const durations = fc.array(fc.integer({ min: 0, max: 100_000 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(durations, (all) => {
        const forecast = new Forecast(1);
        for (const ms of all) {
          forecast.noteRequest(ms);
          forecast.noteCall(LOGIN, ms);
        }
        expect(forecast.lineMs(1)).toBeGreaterThanOrEqual(Math.min(...all) - 0.001);
        expect(forecast.lineMs(1)).toBeLessThanOrEqual(Math.max(...all) + 0.001);
        expect(forecast.callMs(LOGIN)).toBeGreaterThanOrEqual(forecast.lineMs(1) - 0.001);
        expect(forecast.callMs(LOGIN)).toBeLessThanOrEqual(2 * Math.max(...all) + 0.001);
      }),
    );
  });

  it('forgets what was measured more than ten seconds ago, and begins anew', () => {
    const forecast = new Forecast(1);
    times(20, () => forecast.noteRequest(300));
    times(20, () => forecast.noteCall(LOGIN, 900));
    jest.advanceTimersByTime(10_000);
    expect([forecast.lineMs(1), forecast.callMs(LOGIN)]).toEqual([300, 900]);
    jest.advanceTimersByTime(1);
    expect([forecast.lineMs(1), forecast.callMs(LOGIN)]).toEqual([0, 0]);
    forecast.noteRequest(20);
    forecast.noteCall(LOGIN, 60);
    expect([forecast.lineMs(1), forecast.callMs(LOGIN)]).toEqual([20, 60]);
  });

  it('remembers the 500 kinds of calls that ended last', () => {
    const forecast = new Forecast(1);
    for (let i = 0; i < 500; i += 1) forecast.noteCall(`GET /${i}`, 10);
    forecast.noteCall('GET /0', 10);
    expect(forecast.callMs('GET /1')).toBe(10);
    forecast.noteCall('GET /new', 10);
    expect(['GET /0', 'GET /1', 'GET /2', 'GET /new'].map((kind) => forecast.callMs(kind))).toEqual([10, 0, 10, 10]);
  });
});

describe('the attempts that have begun', () => {
  it('still send what they have not sent', () => {
    const begun = new BegunAttempts();
    const [first, second] = [{}, {}];
    begun.begin(first, 3);
    begun.begin(second, 1);
    expect(begun.requestsLeft).toBe(2);
    begun.goOn(first);
    begun.goOn(second);
    expect(begun.requestsLeft).toBe(1);
    begun.end(second);
    expect(begun.requestsLeft).toBe(1);
    begun.end(first);
    expect(begun.requestsLeft).toBe(0);
  });

  it('never send less than nothing, also if one sends more than it said', () => {
    const begun = new BegunAttempts();
    const attempt = {};
    begun.begin(attempt, 2);
    times(5, () => begun.goOn(attempt));
    begun.goOn({});
    expect(begun.requestsLeft).toBe(0);
    expect(begun.end(attempt)).toEqual({ ms: 0, isWhole: true });
  });

  it('end once, with their duration and whether they sent everything', () => {
    const begun = new BegunAttempts();
    const [whole, failed] = [{}, {}];
    jest.advanceTimersByTime(100);
    begun.begin(whole, 2);
    begun.begin(failed, 3);
    jest.advanceTimersByTime(250);
    begun.goOn(whole);
    expect([begun.end(whole), begun.end(failed)]).toEqual([
      { ms: 250, isWhole: true },
      { ms: 250, isWhole: false },
    ]);
    expect([begun.end(whole), begun.end({})]).toEqual([undefined, undefined]);
    expect(begun.requestsLeft).toBe(0);
  });
});
