import { describe, expect, it } from '@jest/globals';
import { MemoryCeremonyStore } from '../src/ceremonies/ceremony-stores.js';

describe('ceremonies in memory', () => {
  let now = 1_000;
  const store = (maxEntries: number) => new MemoryCeremonyStore(maxEntries, () => now);

  it('are taken once', async () => {
    const ceremonies = store(2);
    await ceremonies.put('a', 'value of a', 10);
    expect(await ceremonies.take('b')).toBeUndefined();
    expect(await ceremonies.take('a')).toBe('value of a');
    expect(await ceremonies.take('a')).toBeUndefined();
  });

  it.each([
    [9, 'value'],
    [10, undefined],
    [11, undefined],
  ])('of ten milliseconds are, after %i, %p', async (later, expected) => {
    const ceremonies = store(2);
    await ceremonies.put('a', 'value', 10);
    now += later;
    expect(await ceremonies.take('a')).toBe(expected);
  });

  it('make room by the oldest, and by the dead before it', async () => {
    const ceremonies = store(2);
    await ceremonies.put('dead', 'value', 10);
    now += 10;
    for (const id of ['old', 'middle', 'new']) await ceremonies.put(id, id, 10);
    expect(await ceremonies.take('old')).toBeUndefined();
    expect([await ceremonies.take('middle'), await ceremonies.take('new')]).toEqual(['middle', 'new']);
  });
});
