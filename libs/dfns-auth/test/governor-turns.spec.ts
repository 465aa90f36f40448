// A unit of its own: whose turn it is, for requests that begin and end in an order that a test through HTTP cannot choose.
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import type { DfnsAuthConfig } from '../src/config/config.js';
import type { DfnsError } from '../src/errors/dfns-error.js';
import { CallScope } from '../src/http/call-scope.js';
import { EndSignal } from '../src/http/end-signal.js';
import { QuotaGovernor } from '../src/http/governor.js';

const MODULE_DEADLINE_MS = 15_000;

let governor: QuotaGovernor;

beforeEach(() => {
  jest.useFakeTimers({ now: 1_800_000_000_000 });
});

afterEach(() => {
  jest.clearAllTimers();
  jest.useRealTimers();
});

function open(maxSockets: number): void {
  const http = { maxSockets, deadlineMs: MODULE_DEADLINE_MS } as DfnsAuthConfig['http'];
  governor = new QuotaGovernor({ http } as DfnsAuthConfig, Date.now);
}

/** One request of an attempt. It is sent when the governor says so, and the test answers it. */
class Request {
  state: 'waits' | 'sent' | 'over' = 'waits';
  error: DfnsError | undefined;
  readonly #end = new EndSignal();
  #answer: (headers: Record<string, string>, status: number) => void = () => {};

  constructor({
    kind = 'a',
    user = undefined as string | undefined,
    deadlineMs = 10_000,
    requests = 1,
    attempt = {} as object,
    isContinued = false,
  } = {}) {
    void CallScope.run(deadlineMs, [this.#end], (scope) =>
      governor.run({ scope, kind, ...(user !== undefined && { user }), attempt, requests, isContinued }, () => {
        this.state = 'sent';
        return new Promise((resolve) => {
          this.#answer = (headers, status) => resolve({ status, headers, bytes: Buffer.alloc(0) });
        });
      }),
    ).then(
      () => {
        this.state = 'over';
      },
      (error: DfnsError) => {
        this.state = 'over';
        this.error = error;
      },
    );
  }

  async answer(headers: Record<string, string> = {}, status = 200): Promise<void> {
    this.#answer(headers, status);
    await settle();
  }

  /** Answers, and lets nobody act on it yet. */
  answerSoon(): void {
    this.#answer({}, 200);
  }

  abort(): void {
    this.#end.abort();
  }
}

/** Lets everything happen that needs no time. */
const settle = () => jest.advanceTimersByTimeAsync(0);
const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);
const states = (...requests: Request[]) => requests.map(({ state }) => state);
const several = (count: number, options?: ConstructorParameters<typeof Request>[0]) =>
  Array.from({ length: count }, () => new Request(options));

/** What Dfns says of its quota, until a moment in so many milliseconds. */
const told = (limit: number, remaining: number, resetMs = 60_000) => ({
  'x-ratelimit-limit': `${limit}`,
  'x-ratelimit-remaining': `${remaining}`,
  'x-ratelimit-reset': `${Math.ceil((Date.now() + resetMs) / 1_000)}`,
});

/** Ends an attempt of one request that took `ms`, so that it is known how long such calls take. */
async function learn(ms: number): Promise<void> {
  const attempt = {};
  const request = new Request({ attempt, deadlineMs: 2 * ms });
  await pass(ms);
  await request.answer();
  governor.end(attempt, 'a');
}

describe('the places', () => {
  it('are never exceeded, nobody has more than half of them, and none stays empty while somebody may have it', async () => {
    const kinds = fc.constantFrom('a', 'b');
    const users = fc.constantFrom('ada', 'bob', undefined);
    const steps = fc.array(fc.tuple(fc.constantFrom('send', 'send', 'answer', 'abort'), kinds, users, fc.nat()));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 6 }), steps, async (places, todo) => {
        open(places);
        const share = Math.max(1, Math.floor(places / 2));
        const requests: { request: Request; user: string | undefined }[] = [];
        for (const [step, kind, user, pick] of todo) {
          const pending = requests.filter(({ request }) => request.state === (step === 'answer' ? 'sent' : 'waits'));
          const chosen = pending[pick % Math.max(1, pending.length)]?.request;
          if (step === 'send') requests.push({ request: new Request({ kind, ...(user && { user }) }), user });
          else if (step === 'answer') chosen?.answerSoon();
          else chosen?.abort();
          await settle();
          const count = (state: string, of?: string) =>
            requests.filter(({ request, user: name }) => request.state === state && (!of || name === of)).length;
          expect(count('sent')).toBeLessThanOrEqual(places);
          const waiting = requests.filter(({ request }) => request.state === 'waits');
          for (const name of ['ada', 'bob']) expect(count('sent', name)).toBeLessThanOrEqual(share);
          if (count('sent') === places) continue;
          for (const { user: name } of waiting) expect(name && count('sent', name)).toBe(share);
        }
      }),
    );
  });

  it('go first to kinds of calls below their share', async () => {
    open(4);
    const first = several(4);
    expect(states(...first)).toEqual(['sent', 'sent', 'sent', 'sent']);
    const [same, other, another] = [new Request(), new Request({ kind: 'b' }), new Request({ kind: 'c' })];
    await first[0]?.answer();
    expect(states(same, other, another)).toEqual(['waits', 'sent', 'waits']);
    await first[1]?.answer();
    expect(states(same, another)).toEqual(['waits', 'sent']);
    await first[2]?.answer();
    expect(same.state).toBe('sent');
  });

  it('are free again if a call ends between its turn and its request', async () => {
    for (let ticks = 0; ticks < 30; ticks += 1) {
      open(1);
      const [holder, next] = several(2) as [Request, Request];
      holder.answerSoon();
      for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve();
      next.abort();
      await settle();
      await next.answer();
      const last = new Request();
      expect(last.state).toBe('sent');
    }
  });

  it('have a line of 10,000, and whoever comes then is refused', async () => {
    open(2);
    const [holder] = several(2);
    const errors: unknown[] = [];
    await CallScope.run(60_000, [], async (scope) => {
      for (let waiting = 0; waiting < 10_000; waiting += 1) {
        const demand = { scope, kind: 'a', attempt: {}, requests: 1, isContinued: false };
        governor.run(demand, () => new Promise(() => {})).catch((error) => errors.push(error));
      }
    });
    const refused = new Request();
    await settle();
    expect(errors).toEqual([]);
    expect(refused.error).toMatchObject({
      code: 'DFNS_RATE_LIMITED',
      message: '10000 requests to Dfns are waiting already',
      retryAfterMs: MODULE_DEADLINE_MS,
    });
    await holder?.answer();
    const next = new Request();
    await settle();
    expect(next.state).toBe('waits');
  });
});

describe('a pause', () => {
  it('is waited for by whoever has the time, and by nobody else', async () => {
    open(4);
    const [refused, late] = [new Request(), new Request()];
    await refused.answer({ 'retry-after': '3' }, 429);
    expect(governor.pausedForMs).toBe(3_000);
    const patient = several(3, { deadlineMs: 3_001 });
    const continued = new Request({ isContinued: true, deadlineMs: 3_001 });
    const hurried = [new Request({ deadlineMs: 3_000 }), new Request({ deadlineMs: 3_000, isContinued: true })];
    await settle();
    for (const { error } of hurried) {
      expect(error).toMatchObject({
        code: 'DFNS_RATE_LIMITED',
        message: 'the quota at Dfns is used up for longer than this call may take',
        retryAfterMs: 3_000,
      });
    }
    expect(states(...patient, continued)).toEqual(['waits', 'waits', 'waits', 'waits']);
    await pass(3_000);
    // One request that was sent before the pause is under way still.
    expect(states(...patient, continued)).toEqual(['waits', 'waits', 'waits', 'waits']);
    await late.answer({}, 429);
    expect(governor.pausedForMs).toBe(1_000);
  });

  it('ends with one request that asks, whatever earlier requests are answered meanwhile', async () => {
    open(4);
    const [refused, earlier] = [new Request(), new Request()];
    await refused.answer({ 'retry-after': '3' }, 429);
    const waiting = several(3);
    await earlier.answer();
    await pass(2_999);
    expect(states(...waiting)).toEqual(['waits', 'waits', 'waits']);
    await pass(1);
    expect(states(...waiting)).toEqual(['sent', 'waits', 'waits']);
    await waiting[0]?.answer();
    expect(states(...waiting)).toEqual(['over', 'sent', 'sent']);
  });

  it('refuses those who wait already and have less time', async () => {
    open(2);
    await new Request().answer();
    const [asks] = [new Request(), new Request()];
    const begun = (deadlineMs: number) => new Request({ isContinued: true, deadlineMs });
    const waiting = [
      begun(5_000),
      begun(5_001),
      new Request({ deadlineMs: 5_000 }),
      new Request({ deadlineMs: 5_001 }),
    ];
    await settle();
    await asks?.answer({ 'retry-after': '5' }, 429);
    expect(states(...waiting)).toEqual(['over', 'waits', 'waits', 'waits']);
    expect(waiting[0]?.error).toMatchObject({ code: 'DFNS_RATE_LIMITED', retryAfterMs: 5_000 });
  });

  it('lasts a minute at most, and a second if Dfns says nothing', async () => {
    open(2);
    await new Request().answer({}, 429);
    expect(governor.pausedForMs).toBe(1_000);
    await pass(1_000);
    await new Request().answer({ 'retry-after': '3600' }, 429);
    expect(governor.pausedForMs).toBe(60_000);
  });

  it('begins when nothing is left of the quota, and ends with its window', async () => {
    open(2);
    await new Request().answer(told(100, 0, 7_000));
    expect(governor.pausedForMs).toBe(7_000);
  });

  it('leaves no timer when the application ends', async () => {
    open(2);
    await new Request().answer(told(100, 0));
    expect(jest.getTimerCount()).toBeGreaterThan(0);
    governor.onApplicationShutdown();
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('the rest of the quota', () => {
  it('is kept for the requests of calls that have begun, until they end', async () => {
    open(8);
    await new Request().answer(told(100, 7, 5_000));
    const attempt = {};
    const begun = new Request({ attempt, requests: 3 });
    const other = new Request({ requests: 3 });
    const third = new Request({ requests: 3 });
    expect(states(begun, other, third)).toEqual(['sent', 'sent', 'waits']);
    await begun.answer();
    const next = new Request({ attempt, requests: 3, isContinued: true });
    expect(states(third, next)).toEqual(['waits', 'sent']);
    await next.answer();
    governor.end({}, 'a');
    governor.end(attempt, 'a');
    await settle();
    expect(third.state).toBe('sent');
  });

  it('is waited for until the next window', async () => {
    open(8);
    await new Request().answer(told(100, 2, 5_000));
    const waiting = new Request({ requests: 3 });
    await pass(4_999);
    expect(waiting.state).toBe('waits');
    await pass(1);
    expect(waiting.state).toBe('sent');
  });

  it('counts requests whose answers have not come as ours, and others as those of other instances', async () => {
    open(64);
    await new Request().answer(told(100, 100));
    const requests = several(8);
    // Seven were sent before it.
    await requests[7]?.answer(told(100, 92));
    expect(governor.canSpare(30)).toBe(true);
    await requests[0]?.answer(told(100, 91));
    expect(governor.canSpare(30)).toBe(true);
  });

  it('counts requests that were sent later as not counted yet', async () => {
    open(64);
    await new Request().answer(told(100, 100));
    const requests = several(8);
    // Dfns has counted nine of others.
    await requests[0]?.answer(told(100, 90));
    expect(governor.canSpare(1)).toBe(false);
  });
});

describe('a task that can wait', () => {
  it('has half of the places', async () => {
    open(4);
    const [first] = several(1);
    expect(governor.canSpare(1)).toBe(true);
    const second = new Request();
    expect(governor.canSpare(1)).toBe(false);
    await second.answer();
    await first?.answer();
    expect(governor.canSpare(1_000_000)).toBe(true);
  });

  it('has half of the quota, less what is under way and promised', async () => {
    open(64);
    await new Request().answer(told(100, 80));
    expect([30, 31].map((requests) => governor.canSpare(requests))).toEqual([true, false]);
    new Request({ requests: 3 });
    expect([27, 28].map((requests) => governor.canSpare(requests))).toEqual([true, false]);
  });

  it('has no turn during a pause, nor until a request was answered after it', async () => {
    open(4);
    const [refused, earlier] = several(2);
    await refused?.answer({}, 429);
    await earlier?.answer();
    expect(governor.canSpare(1)).toBe(false);
    await pass(1_000);
    expect(governor.canSpare(1)).toBe(false);
    await new Request().answer();
    expect(governor.canSpare(1)).toBe(true);
  });

  it('has no turn while somebody waits', async () => {
    open(64);
    await new Request().answer(told(800, 0, 1_000));
    await pass(1_000);
    await new Request().answer(told(800, 799));
    // After a window that was used up, an instance begins slowly.
    const begun = several(15);
    expect(states(...begun)).toContain('waits');
    expect(governor.canSpare(1)).toBe(false);
  });
});

describe('a call that would be late', () => {
  it('is refused while all places are taken, and begun while one is free', async () => {
    open(2);
    await learn(1_000);
    const begun = [new Request({ deadlineMs: 100 }), new Request({ deadlineMs: 100 })];
    const refused = new Request({ deadlineMs: 499 });
    const waiting = new Request({ deadlineMs: 500, kind: 'b' });
    await settle();
    expect(states(...begun, refused, waiting)).toEqual(['sent', 'sent', 'over', 'waits']);
    expect(refused.error).toMatchObject({ code: 'DFNS_RATE_LIMITED', retryAfterMs: 1_000 });
  });

  it('is foreseen by calls that sent all their requests, and by others only if they took longer', async () => {
    open(1);
    await learn(100);
    const isForeseen = async () => {
      const holder = new Request();
      const call = new Request({ deadlineMs: 60 });
      await settle();
      const isRefused = call.error?.code === 'DFNS_RATE_LIMITED';
      call.abort();
      await holder.answer();
      return isRefused;
    };
    const failEarly = async (ms: number) => {
      const attempt = {};
      const request = new Request({ attempt, requests: 3, deadlineMs: 60_000 });
      await pass(ms);
      await request.answer();
      governor.end(attempt, 'a');
    };
    expect(await isForeseen()).toBe(false);
    await failEarly(100);
    expect(await isForeseen()).toBe(false);
    await failEarly(400);
    expect(await isForeseen()).toBe(true);
    for (let i = 0; i < 100; i += 1) await failEarly(1);
    expect(await isForeseen()).toBe(true);
  });

  it('is believed to be late once one was late, but not because somebody gave up', async () => {
    open(1);
    await learn(100);
    const holder = new Request();
    const first = new Request({ deadlineMs: 90 });
    await settle();
    first.abort();
    await settle();
    const second = new Request({ deadlineMs: 90 });
    await pass(90);
    expect([first, second].map(({ error }) => error?.code)).toEqual(['DFNS_ABORTED', 'DFNS_TIMEOUT']);
    const third = new Request({ deadlineMs: 90 });
    await settle();
    expect(third.error).toMatchObject({ code: 'DFNS_RATE_LIMITED' });
    await holder.answer();
  });

  it('is refused instead of being begun, if it waited too long', async () => {
    open(1);
    await learn(100);
    const holder = new Request();
    const [waiting, other] = [new Request({ deadlineMs: 150 }), new Request({ deadlineMs: 5_000 })];
    await pass(51);
    await holder.answer();
    expect(states(waiting, other)).toEqual(['over', 'sent']);
    expect(waiting.error).toMatchObject({ code: 'DFNS_RATE_LIMITED' });
  });

  it('is looked for again every 250 ms', async () => {
    open(2);
    await learn(100);
    const begun = several(2);
    // The last one has half of the time that such a call takes, when it is looked at.
    const waiting = [...several(2), new Request({ deadlineMs: 299 })];
    await pass(250);
    await begun[0]?.answer();
    expect(states(...waiting)).toEqual(['sent', 'waits', 'waits']);
    await pass(1);
    await begun[1]?.answer();
    expect(states(...waiting)).toEqual(['sent', 'sent', 'over']);
    expect(waiting[2]?.error).toMatchObject({ code: 'DFNS_RATE_LIMITED', retryAfterMs: 100 });
  });

  it('is not refused any more once it has begun', async () => {
    open(1);
    await learn(1_000);
    const holder = new Request();
    const begun = new Request({ isContinued: true, deadlineMs: 300 });
    await holder.answer();
    expect(begun.state).toBe('sent');
  });

  it('is foreseen by the requests before it', async () => {
    await pass(100_000);
    open(1);
    await learn(100);
    const holder = new Request();
    several(3);
    // Four and five calls of 100 ms: at first, only a forecast of twice the time is believed.
    const [inTime, late] = [new Request({ deadlineMs: 200 }), new Request({ deadlineMs: 249 })];
    await settle();
    expect(states(inTime, late)).toEqual(['waits', 'over']);
    await holder.answer();
  });

  it('makes room for others if the quota is scarce and little of its time is left', async () => {
    for (const others of [0, 1]) {
      open(8);
      await new Request().answer(told(100, 1, 1_000));
      const waiting = several(1 + others, { requests: 3, deadlineMs: 1_200 });
      await pass(1_000);
      expect(states(...waiting)).toEqual(['over', 'sent'].slice(1 - others));
    }
  });
});
