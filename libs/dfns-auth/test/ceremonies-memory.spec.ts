// A unit of its own: the bound and the order of the entries of the default store show nowhere else.
import { describe, expect, it } from '@jest/globals';
import { MemoryCeremonyStore } from '../src/ceremonies/ceremony-stores.js';

describe('ceremonies in memory', () => {
  let now = 1_000;
  const store = (maxEntries: number) => new MemoryCeremonyStore(maxEntries, () => now);

  it('can be taken once', async () => {
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
  ])('that live for ten milliseconds give, after %i milliseconds, %p', async (later, expected) => {
    const ceremonies = store(2);
    await ceremonies.put('a', 'value', 10);
    now += later;
    expect(await ceremonies.take('a')).toBe(expected);
  });

  it('lose the expired entries first, and then the oldest entry, when there are too many', async () => {
    const ceremonies = store(2);
    await ceremonies.put('dead', 'value', 10);
    now += 10;
    for (const id of ['old', 'middle', 'new']) await ceremonies.put(id, id, 10);
    expect(await ceremonies.take('old')).toBeUndefined();
    expect([await ceremonies.take('middle'), await ceremonies.take('new')]).toEqual(['middle', 'new']);
  });
});
