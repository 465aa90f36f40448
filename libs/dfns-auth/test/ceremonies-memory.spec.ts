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

  it('of one owner are bounded: the oldest goes, and those that were taken do not count', async () => {
    const ceremonies = store(10);
    const owner = { id: 'ada', maxRows: 2 };
    const put = (...ids: string[]) => Promise.all(ids.map((id) => ceremonies.put(id, `value of ${id}`, 10, owner)));
    await ceremonies.put('of bob', 'value of bob', 10, { id: 'bob', maxRows: 2 });
    await put('a', 'b');
    expect(await ceremonies.take('a')).toBe('value of a');
    await put('c', 'd');
    expect(await ceremonies.take('b')).toBeUndefined();
    await put('c', 'e');
    expect(await Promise.all(['c', 'd', 'e', 'of bob'].map((id) => ceremonies.take(id)))).toEqual([
      'value of c',
      undefined,
      'value of e',
      'value of bob',
    ]);
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
