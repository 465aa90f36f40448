// A unit of its own: the circuit, with answers that arrive in an order that a test through HTTP cannot choose.
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { CallScope } from '../src/http/call-scope.js';
import { Circuit } from '../src/http/circuit.js';

let circuit: Circuit;

beforeEach(() => {
  jest.useFakeTimers({ now: 1_000 });
  jest.advanceTimersByTime(1_000);
  circuit = new Circuit(() => Date.now());
});

afterEach(() => {
  jest.useRealTimers();
});

const call = (steps: () => Promise<unknown>) =>
  CallScope.run(60_000, [], (scope) => circuit.run(scope, steps)).catch((error) => error.code);
const unanswered = (times: number, sentAt = performance.now()) => {
  for (let i = 0; i < times; i += 1) circuit.unanswered(sentAt);
};
const halfOpen = () => {
  unanswered(10);
  jest.advanceTimersByTime(5_000);
};

describe('the circuit', () => {
  it('opens at the tenth request in a row without an answer, for five seconds', async () => {
    unanswered(9);
    expect([circuit.state, circuit.isAnswered]).toEqual(['closed', false]);
    unanswered(1);
    expect(circuit.state).toBe('open');
    expect(await call(async () => 'passed')).toBe('DFNS_UNAVAILABLE');
    jest.advanceTimersByTime(4_999);
    expect(circuit.state).toBe('open');
    jest.advanceTimersByTime(1);
    expect(circuit.state).toBe('half-open');
  });

  it('says when the next call may pass, in whole seconds', () => {
    unanswered(10);
    jest.advanceTimersByTime(1_500);
    expect(() => circuit.assertNotOpen()).toThrow(
      expect.objectContaining({ retryAfterMs: 4_000, message: expect.stringContaining('Dfns did not answer') }),
    );
  });

  it('begins a new row with each answer', () => {
    unanswered(9);
    circuit.answered();
    expect(circuit.isAnswered).toBe(true);
    jest.advanceTimersByTime(1);
    unanswered(9);
    expect(circuit.state).toBe('closed');
  });

  it('does not count a request that was sent before the last answer', () => {
    const sentAt = performance.now();
    jest.advanceTimersByTime(10);
    circuit.answered();
    unanswered(20, sentAt);
    unanswered(20, performance.now());
    expect([circuit.state, circuit.isAnswered]).toEqual(['closed', true]);
  });

  it('closes when a request is answered that was sent before it opened', async () => {
    unanswered(10);
    circuit.answered();
    expect(circuit.state).toBe('closed');
    expect(await call(async () => 'passed')).toBe('passed');
  });

  it('lets one call probe, and the others wait for its result', async () => {
    halfOpen();
    let answer = () => {};
    const probe = call(async () => {
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      circuit.answered();
      return 'probe';
    });
    const began: string[] = [];
    const others = ['one', 'other'].map((name) =>
      call(async () => {
        began.push(name);
        return name;
      }),
    );
    await jest.advanceTimersByTimeAsync(100);
    expect(began).toEqual([]);
    answer();
    expect(await Promise.all([probe, ...others])).toEqual(['probe', 'one', 'other']);
    expect(circuit.state).toBe('closed');
  });

  it('lets all calls pass side by side while it is closed', async () => {
    const ends: (() => void)[] = [];
    const calls = Array.from({ length: 3 }, () => call(() => new Promise<void>((resolve) => ends.push(resolve))));
    await jest.advanceTimersByTimeAsync(0);
    expect(ends).toHaveLength(3);
    for (const end of ends) end();
    await Promise.all(calls);
  });

  it('is probed by one call, also while a call ends that began before it opened', async () => {
    let end = () => {};
    const early = call(() => new Promise<void>((resolve) => (end = resolve)));
    await jest.advanceTimersByTimeAsync(0);
    halfOpen();
    let answer = () => {};
    const probe = call(() => new Promise<void>((resolve) => (answer = resolve)));
    let hasBegun = false;
    const other = call(async () => {
      hasBegun = true;
    });
    await jest.advanceTimersByTimeAsync(0);
    end();
    await early;
    await jest.advanceTimersByTimeAsync(0);
    expect(hasBegun).toBe(false);
    answer();
    await Promise.all([probe, other]);
    expect(hasBegun).toBe(true);
  });

  it('opens again after a probe has closed it, and is not closed by a probe that proves nothing', async () => {
    halfOpen();
    await call(async () => circuit.answered());
    expect(circuit.state).toBe('closed');
    jest.advanceTimersByTime(1);
    halfOpen();
    await call(async () => 'proves nothing');
    expect(circuit.state).toBe('half-open');
  });

  it('gives the right to probe to the next call if the probe proves nothing', async () => {
    halfOpen();
    expect(await call(async () => 'proves nothing')).toBe('proves nothing');
    expect(circuit.state).toBe('half-open');
    const second = call(async () => circuit.answered());
    await second;
    expect(circuit.state).toBe('closed');
  });

  it('opens again when the probe gets no answer, also for those who wait', async () => {
    halfOpen();
    const probe = call(async () => {
      await Promise.resolve();
      circuit.unanswered(performance.now());
      return 'failed';
    });
    const waits = call(async () => 'passed');
    expect(await Promise.all([probe, waits])).toEqual(['failed', 'DFNS_UNAVAILABLE']);
    expect(circuit.state).toBe('open');
  });

  it('stays open for requests that were sent before it opened', () => {
    unanswered(10);
    jest.advanceTimersByTime(5_000);
    unanswered(5, performance.now() - 5_000);
    expect(circuit.state).toBe('half-open');
  });

  it('leaves no timer when the application ends', () => {
    unanswered(10);
    circuit.onApplicationShutdown();
    expect(jest.getTimerCount()).toBe(0);
  });
});
