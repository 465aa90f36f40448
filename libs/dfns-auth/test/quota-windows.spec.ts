// Units of their own: the quota and the pause, with answers and times that a test through HTTP cannot choose one by one.
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Pause } from '../src/http/pause.js';
import { Quota } from '../src/http/quota.js';

const START = 1_800_000_000_000;

beforeEach(() => {
  jest.useFakeTimers({ now: START });
});

afterEach(() => {
  jest.useRealTimers();
});

let ends = 0;
const onEnd = () => {
  ends += 1;
};
const newQuota = () => new Quota(() => Date.now(), onEnd);

/** The headers of an answer: limit, remaining, and the moment of the reset in milliseconds after the start. */
function told(limit: number | undefined, remaining: number | string, resetMs: number) {
  return {
    status: 200,
    bytes: Buffer.alloc(0),
    headers: {
      ...(limit !== undefined && { 'x-ratelimit-limit': `${limit}` }),
      'x-ratelimit-remaining': `${remaining}`,
      'x-ratelimit-reset': `${(START + resetMs) / 1_000}`,
    },
  };
}

const silent = { status: 200, bytes: Buffer.alloc(0), headers: {} };

describe('the quota', () => {
  it('is endless until Dfns tells one', () => {
    const quota = newQuota();
    quota.read(silent, 0);
    expect([quota.remaining, quota.isUsedUp, quota.resetsInMs]).toEqual([Number.POSITIVE_INFINITY, false, 0]);
    expect([quota.waitMs(1_000_000), quota.leavesHalf(1_000_000)]).toEqual([0, true]);
  });

  it('is what the last answer left, until the reset; then the limit', () => {
    const quota = newQuota();
    quota.read(told(60, 12, 5_000), 0);
    expect([quota.remaining, quota.resetsInMs]).toEqual([12, 5_000]);
    jest.advanceTimersByTime(4_999);
    expect(quota.remaining).toBe(12);
    jest.advanceTimersByTime(1);
    expect([quota.remaining, quota.resetsInMs]).toEqual([60, 0]);
  });

  it('is used up at zero, until the reset, and says when it ends', () => {
    const quota = newQuota();
    ends = 0;
    quota.read(told(60, 0, 3_000), 0);
    expect([quota.isUsedUp, quota.resetsInMs, ends]).toEqual([true, 3_000, 0]);
    jest.advanceTimersByTime(3_000);
    expect([quota.isUsedUp, quota.resetsInMs, ends]).toEqual([false, 0, 1]);
  });

  it('goes down in a window, also if answers come in another order', () => {
    const quota = newQuota();
    quota.read(told(60, 40, 5_000), 0);
    quota.read(told(60, 38, 5_000), 0);
    quota.read(told(60, 39, 5_000), 0);
    expect(quota.remaining).toBe(38);
  });

  it('begins again with the first answer of the next window, and ignores late ones of the last', () => {
    const quota = newQuota();
    quota.read(told(60, 3, 5_000), 0);
    quota.read(told(60, 58, 8_000), 0);
    quota.read(told(60, 2, 5_000), 0);
    expect([quota.remaining, quota.resetsInMs]).toEqual([58, 8_000]);
  });

  it.each([
    ['that has passed', 0],
    ['that passed long ago', -90_000],
    ['that is further away than a window and its rounding', 61_001],
  ])('ignores a reset %s', (_, resetMs) => {
    const quota = newQuota();
    quota.read(told(60, 5, resetMs), 0);
    expect([quota.remaining, quota.resetsInMs]).toEqual([Number.POSITIVE_INFINITY, 0]);
  });

  it('lasts a window at most, also if the reset is rounded up', () => {
    const quota = newQuota();
    quota.read(told(60, 5, 61_000), 0);
    expect([quota.remaining, quota.resetsInMs]).toEqual([5, 60_000]);
  });

  it.each(['-1', '', '1.5', '1e3', 'many', '9'.repeat(16)])('ignores %j as what remains', (remaining) => {
    const quota = newQuota();
    quota.read(told(60, remaining, 5_000), 0);
    expect(quota.remaining).toBe(Number.POSITIVE_INFINITY);
  });

  it('reads what remains also in the longest form', () => {
    const quota = newQuota();
    quota.read(told(undefined, '9'.repeat(15), 5_000), 0);
    expect(quota.remaining).toBe(999_999_999_999_999);
  });

  it('has no limit any more if an answer after the window tells none, but keeps it during the window', () => {
    const quota = newQuota();
    quota.read(told(60, 10, 5_000), 0);
    quota.read(silent, 0);
    jest.advanceTimersByTime(5_000);
    expect(quota.remaining).toBe(60);
    quota.read(silent, 0);
    expect(quota.remaining).toBe(Number.POSITIVE_INFINITY);
  });

  it('takes a limit of zero for one, so that one request can ask', () => {
    const quota = newQuota();
    quota.read(told(0, 0, 5_000), 0);
    jest.advanceTimersByTime(5_000);
    expect(quota.remaining).toBe(1);
  });

  it('is shared: each request of ours counts for those of others too', () => {
    const quota = newQuota();
    quota.read(told(1_000, 900, 30_000), 0);
    expect(quota.remaining).toBe(900);
    // Dfns counted four requests for each of ours.
    for (let answers = 1; answers <= 20; answers += 1) quota.read(told(1_000, 900 - 4 * answers, 30_000), 0);
    expect(quota.remaining).toBeCloseTo(820 / (81 / 21));
    // The answer to a later request came first: those between them were counted, too.
    quota.read(told(1_000, 740, 30_000), 19);
    expect(quota.remaining).toBeCloseTo(740 / (161 / 41));
    quota.read(told(1_000, 784, 30_000), 18);
    expect(quota.remaining).toBeCloseTo(740 / (161 / 41));
    jest.advanceTimersByTime(30_000);
    expect(quota.remaining).toBeCloseTo(1_000 / (161 / 41));
  });

  it('never counts a request of ours for less than one', () => {
    const quota = newQuota();
    quota.read(told(100, 90, 30_000), 0);
    for (let answers = 1; answers < 20; answers += 1) quota.read(told(100, 89, 30_000), 0);
    expect(quota.remaining).toBe(89);
  });

  it('learns the share of a new window anew, and keeps the last one until then', () => {
    const quota = newQuota();
    quota.read(told(100, 100, 10_000), 0);
    for (let answers = 1; answers <= 10; answers += 1) quota.read(told(100, 100 - 2 * answers, 10_000), 0);
    expect(quota.remaining).toBeCloseTo(80 / (21 / 11));
    quota.read(told(100, 98, 20_000), 0);
    expect(quota.remaining).toBeCloseTo(98 / (21 / 11));
    for (let answers = 1; answers <= 50; answers += 1) quota.read(told(100, 98 - answers, 20_000), 0);
    expect(quota.remaining).toBeCloseTo(48 / ((21 / 11 + 50) / 51));
  });

  describe('lets a call begin', () => {
    const most = (quota: Quota, requests: number) => {
      let promised = 0;
      while (promised < 10_000 && quota.allows(promised, requests)) promised += requests;
      return promised;
    };
    /** Four instances use it, and `remaining` is left. */
    const shared = (limit: number, remaining: number, resetMs = 10_000) => {
      const quota = newQuota();
      quota.read(told(limit, remaining + 4 * 400, resetMs), 0);
      quota.read(told(limit, remaining, resetMs), 399);
      return quota;
    };

    it('as long as all of it fits, if nobody else uses it', () => {
      const quota = newQuota();
      expect(most(quota, 3)).toBeGreaterThan(9_999);
      quota.read(told(100, 12, 5_000), 0);
      expect([most(quota, 1), most(quota, 3), most(quota, 12), most(quota, 13)]).toEqual([12, 12, 12, 0]);
    });

    it('only if as much fits for others too as we have begun', () => {
      // A quarter is ours, and each other has perhaps begun as much as we.
      expect(most(shared(8_000, 400), 1)).toBe(57);
      expect(most(shared(4_000, 0), 1)).toBe(0);
    });

    it('as the only one of this instance until little is left for those that have begun', () => {
      expect([11, 12, 13].map((left) => shared(4_000, left).allows(0, 3))).toEqual([false, true, true]);
      expect([20, 30, 31].map((left) => shared(990, left).allows(0, 12))).toEqual([false, true, true]);
      expect(newQuota().allows(0, 1_000)).toBe(true);
      const alone = newQuota();
      alone.read(told(10, 2, 5_000), 0);
      expect([2, 3].map((requests) => alone.allows(0, requests))).toEqual([true, false]);
      // Nobody has said anything about the next window.
      jest.advanceTimersByTime(5_000);
      expect([10, 11].map((requests) => alone.allows(0, requests))).toEqual([true, true]);
    });

    it.each([0, 99])('slowly after a window that ended with %i of 800 left', (left) => {
      const quota = newQuota();
      quota.read(told(800, left, 5_000), 0);
      jest.advanceTimersByTime(5_000);
      expect(most(quota, 1)).toBe(11);
      quota.read(told(800, 796, 10_000), 0);
      expect(most(quota, 1)).toBe(11);
      // A third of a request more for each answer.
      for (let answers = 1; answers <= 6; answers += 1) quota.read(told(800, 796 - answers, 10_000), 0);
      expect(most(quota, 1)).toBe(13);
    });

    it('at once after a window that ended with more left', () => {
      const quota = newQuota();
      quota.read(told(800, 100, 5_000), 0);
      jest.advanceTimersByTime(5_000);
      expect(most(quota, 1)).toBe(800);
      quota.read(told(800, 796, 10_000), 0);
      expect(most(quota, 1)).toBe(796);
    });
  });

  it('says how long requests wait for it, over several windows', () => {
    const quota = newQuota();
    quota.read(told(10, 0, 5_000), 0);
    expect([0, 1, 10, 11, 21].map((requests) => quota.waitMs(requests))).toEqual([0, 5_000, 5_000, 65_000, 125_000]);
    // The next window shows how long one lasts.
    quota.read(told(10, 4, 10_000), 0);
    expect([4, 5, 14, 15].map((requests) => quota.waitMs(requests))).toEqual([0, 10_000, 10_000, 15_000]);
  });

  it('says whether half of it is left', () => {
    const quota = newQuota();
    quota.read(told(100, 60, 5_000), 0);
    expect([10, 11].map((requests) => quota.leavesHalf(requests))).toEqual([true, false]);
    const limitless = newQuota();
    limitless.read(told(undefined, 60, 5_000), 0);
    expect([30, 31].map((requests) => limitless.leavesHalf(requests))).toEqual([true, false]);
  });

  it('counts what others use, too, when it says how much is left and how long requests wait', () => {
    const quota = newQuota();
    quota.read(told(100, 100, 5_000), 0);
    // Three of others for each of ours.
    quota.read(told(100, 61, 5_000), 8);
    expect(quota.remaining).toBe(61 / 4);
    expect([2, 3].map((requests) => quota.leavesHalf(requests))).toEqual([true, false]);
    // A window has 25 for us.
    expect([15, 16, 40, 41].map((requests) => quota.waitMs(requests))).toEqual([0, 5_000, 5_000, 65_000]);
  });

  it('ends without a timer that stays', () => {
    const quota = newQuota();
    ends = 0;
    quota.read(told(60, 0, 3_000), 0);
    quota.clear();
    expect(jest.getTimerCount()).toBe(0);
    jest.advanceTimersByTime(10_000);
    expect(ends).toBe(0);
  });
});

describe('a pause', () => {
  let offset = 0;
  const newPause = () => {
    offset = 0;
    ends = 0;
    return new Pause(() => Date.now() + offset, onEnd);
  };

  it('ends once, at its time', () => {
    const pause = newPause();
    pause.extend(1_000);
    jest.advanceTimersByTime(999);
    expect([pause.remainingMs, ends]).toEqual([1, 0]);
    jest.advanceTimersByTime(1);
    expect([pause.remainingMs, ends]).toEqual([0, 1]);
    jest.advanceTimersByTime(5_000);
    expect([pause.remainingMs, ends]).toEqual([0, 1]);
  });

  it('becomes longer, and never shorter', () => {
    const pause = newPause();
    pause.extend(1_000);
    pause.extend(400);
    expect(pause.remainingMs).toBe(1_000);
    pause.extend(2_500);
    jest.advanceTimersByTime(2_499);
    expect([pause.remainingMs, ends]).toEqual([1, 0]);
    jest.advanceTimersByTime(1);
    expect(ends).toBe(1);
  });

  it('of no time is none', () => {
    const pause = newPause();
    pause.extend(0);
    expect([pause.remainingMs, ends, jest.getTimerCount()]).toEqual([0, 0, 0]);
  });

  it('ends when the clock of the system says so, also if the machine slept', () => {
    const pause = newPause();
    pause.extend(60_000);
    offset = 59_000;
    expect(pause.remainingMs).toBe(1_000);
    offset = 90_000;
    expect(pause.remainingMs).toBe(0);
  });

  it('ends at its time if the clock of the system is set back', () => {
    const pause = newPause();
    pause.extend(1_000);
    offset = -3_600_000;
    jest.advanceTimersByTime(999);
    expect([pause.remainingMs, ends]).toEqual([1, 0]);
    jest.advanceTimersByTime(1);
    expect([pause.remainingMs, ends]).toEqual([0, 1]);
  });

  it('waits on if its timer fires too early', () => {
    const pause = newPause();
    pause.extend(1_000.4);
    jest.advanceTimersByTime(1_000);
    expect(ends).toBe(0);
    jest.advanceTimersByTime(1);
    expect(ends).toBe(1);
  });

  it('has no timer after it was cleared', () => {
    const pause = newPause();
    pause.extend(1_000);
    pause.clear();
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('the pace of a window that others use, too', () => {
  /** A quota whose last window had `left`, in the second window, which has told `answers` of ours and `each` for each. */
  function inSecondWindow({ limit = 800, left = 0, each = 4, answers = 9, windowMs = 60_000 } = {}): Quota {
    const quota = newQuota();
    quota.read(told(limit, left + each, windowMs), 0);
    quota.read(told(limit, left, windowMs), 0);
    jest.advanceTimersByTime(windowMs);
    for (let i = 0; i < answers; i += 1) quota.read(told(limit, limit - each * i, 2 * windowMs), 0);
    ends = 0;
    return quota;
  }

  it('is an eightieth of the limit in a tenth of a second, and it says when there is more', () => {
    const quota = inSecondWindow();
    expect([quota.allows(2, 3), quota.allows(3, 3), ends]).toEqual([true, false, 0]);
    jest.advanceTimersByTime(9);
    expect([quota.allows(3, 3), ends]).toEqual([false, 0]);
    jest.advanceTimersByTime(1);
    expect([quota.allows(3, 3), ends]).toEqual([true, 1]);
    jest.advanceTimersByTime(70);
    expect([quota.allows(10, 3), quota.allows(11, 3)]).toEqual([true, false]);
  });

  it('is for an instance that has nothing under way, too', () => {
    const quota = inSecondWindow({ answers: 12 });
    expect([quota.allows(0, 3), ends]).toEqual([false, 0]);
    jest.advanceTimersByTime(10);
    expect([quota.allows(0, 3), ends]).toEqual([true, 1]);
  });

  it('is one call at least', () => {
    const quota = inSecondWindow({ limit: 80, answers: 3 });
    expect([quota.allows(1, 3), quota.allows(1, 1)]).toEqual([true, false]);
  });

  it('is faster in a short window', () => {
    const quota = inSecondWindow({ windowMs: 1_000, answers: 11 });
    expect(quota.allows(1, 3)).toBe(false);
    jest.advanceTimersByTime(2);
    expect(quota.allows(1, 3)).toBe(true);
  });

  it.each([
    ['nobody else uses it', { each: 1, left: 0 }],
    ['much of the last window was left', { each: 4, left: 400 }],
  ])('is not limited if %s', (_, window) => {
    expect(inSecondWindow({ ...window, answers: 12 }).allows(1, 3)).toBe(true);
  });

  it('has no timer after the end of the application', () => {
    const quota = inSecondWindow({ answers: 12 });
    expect(quota.allows(0, 3)).toBe(false);
    quota.clear();
    expect(jest.getTimerCount()).toBe(0);
  });
});
