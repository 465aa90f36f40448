// A unit of its own: through HTTP, 50,000 tokens take seconds.
import { describe, expect, it } from '@jest/globals';
import { DroppedTokens } from '../src/tokens/dropped-tokens.js';

describe('dropped tokens', () => {
  it('are known until 50,000 others were dropped, counted from the last time', () => {
    const dropped = new DroppedTokens();
    expect(dropped.has('first')).toBe(false);
    expect([dropped.add('first'), dropped.add('second')]).toEqual([true, true]);
    expect(dropped.add('first')).toBe(false);
    for (let i = 2; i < 50_000; i += 1) dropped.add(`${i}`);
    expect(['first', 'second'].map((token) => dropped.has(token))).toEqual([true, true]);
    dropped.add('one more');
    expect(['first', 'second', 'one more'].map((token) => dropped.has(token))).toEqual([true, false, true]);
  });

  it('are not the users whose token in the store could not be read, who are known once', () => {
    const dropped = new DroppedTokens();
    expect(dropped.takeUnread('ada')).toBe(false);
    dropped.addUnread('ada');
    expect([dropped.has('ada'), dropped.takeUnread('bob')]).toEqual([false, false]);
    expect([dropped.takeUnread('ada'), dropped.takeUnread('ada')]).toEqual([true, false]);
  });
});
