// A unit of its own: the order of waiting requests, for lines that a test through HTTP cannot make one by one.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Holder, Shares, WaitingLine } from '../src/http/waiting-line.js';

interface Request extends Holder {
  name: string;
}

const user = fc.constantFrom(undefined, 'ada', 'bob', 'eve');
const kind = fc.constantFrom('GET /wallets', 'GET /keys', 'POST /auth/login/delegated');
const requests = fc
  .array(fc.record({ kind, user }), { maxLength: 30 })
  .map((holders) =>
    holders.map(({ kind, user }, at): Request => ({ name: `${at}`, kind, ...(user !== undefined && { user }) })),
  );

function lineOf(all: readonly Request[]): WaitingLine<Request> {
  const line = new WaitingLine<Request>();
  for (const request of all) line.add(request);
  return line;
}

const PLENTY = 1_000;

/** Takes the requests one by one, while nobody has used up a share. */
function turnsOf(line: WaitingLine<Request>): Request[] {
  const shares = new Shares(PLENTY);
  const turns = [];
  for (let next = line.next(shares, true); next; next = line.next(shares, true)) {
    line.take(next);
    turns.push(next);
  }
  return turns;
}

function groups(all: readonly Request[], by: (request: Request) => unknown): Request[][] {
  const keys = [...new Set(all.map(by))];
  return keys.map((key) => all.filter((request) => by(request) === key));
}

describe('the line', () => {
  it('holds what was added and not deleted', () => {
    fc.assert(
      fc.property(requests, fc.array(fc.nat(29)), (all, deleted) => {
        const line = lineOf(all);
        for (const at of deleted) if (all[at]) line.delete(all[at]);
        const left = all.filter((_, at) => !deleted.includes(at));
        expect(line.size).toBe(left.length);
        expect(new Set(line)).toEqual(new Set(left));
        for (const request of all) expect(line.aheadOf(request)).toBe(lineOf(left).aheadOf(request));
        expect(new Set([...line.positions()].map(([request]) => request))).toEqual(new Set(left));
        expect(new Set(turnsOf(line))).toEqual(new Set(left));
        expect(line.size).toBe(0);
        expect([...line]).toEqual([]);
      }),
    );
  });

  it('keeps the order of the requests of one user and kind', () => {
    fc.assert(
      fc.property(requests, (all) => {
        const turns = turnsOf(lineOf(all));
        const ofOne = (request: Request) => `${request.kind} ${request.user}`;
        for (const group of groups(all, ofOne)) {
          expect(turns.filter((turn) => ofOne(turn) === ofOne(group[0] as Request))).toEqual(group);
        }
      }),
    );
  });

  it('gives kinds a turn each, and the users of a kind a turn each', () => {
    fc.assert(
      fc.property(requests, (all) => {
        const turns = turnsOf(lineOf(all));
        // In each round every kind that still waits has one turn; so has every user among the turns of one kind.
        expect(rounds(turns, ({ kind }) => kind)).toEqual(roundSizes(all, ({ kind }) => kind));
        for (const ofKind of groups(turns, ({ kind }) => kind)) {
          expect(rounds(ofKind, ({ user }) => user)).toEqual(roundSizes(ofKind, ({ user }) => user));
        }
      }),
    );
  });

  it('knows how many have their turn before a new request', () => {
    fc.assert(
      fc.property(requests, kind, user, (all, newKind, newUser) => {
        const request: Request = { name: 'new', kind: newKind, ...(newUser !== undefined && { user: newUser }) };
        const line = lineOf(all);
        const ahead = line.aheadOf(request);
        line.add(request);
        const turn = turnsOf(line).indexOf(request);
        // It counts on all kinds and users going on waiting, and may miss the round of the kinds in which its turn is.
        const kinds = new Set(all.map((other) => other.kind)).size;
        expect(ahead + kinds).toBeGreaterThanOrEqual(turn);
        expect(ahead).toBeLessThanOrEqual(all.length);
      }),
    );
  });

  it.each([
    ['nobody', [], 0],
    ['its own', ['a', 'a', 'a'], 3],
    ['as many of another kind', ['b', 'b', 'b'], 1],
    ['two of its kind and two of another', ['a', 'a', 'b', 'b'], 4],
    ['one of its kind and five of another', ['a', 'b', 'b', 'b', 'b', 'b'], 2],
  ])('tells a new request behind %s its place', (_, kinds, place) => {
    const line = lineOf(kinds.map((kind, at) => ({ name: `${at}`, kind, user: 'ada' })));
    expect(line.aheadOf({ kind: 'a', user: 'ada' })).toBe(place);
  });

  it('tells a new user the users before', () => {
    const line = lineOf(['ada', 'ada', 'bob'].map((user, at) => ({ name: `${at}`, kind: 'a', user })));
    expect(line.aheadOf({ kind: 'a', user: 'eve' })).toBe(2);
    expect(line.aheadOf({ kind: 'a', user: 'bob' })).toBe(3);
  });

  it('tells each request its place', () => {
    const line = lineOf([
      { name: 'first of ada', kind: 'a', user: 'ada' },
      { name: 'second of ada', kind: 'a', user: 'ada' },
      { name: 'first of bob', kind: 'a', user: 'bob' },
      { name: 'another kind', kind: 'b', user: 'bob' },
    ]);
    expect(Object.fromEntries([...line.positions()].map(([{ name }, place]) => [name, place]))).toEqual({
      'first of ada': 0,
      'first of bob': 2,
      'second of ada': 4,
      'another kind': 0,
    });
  });
});

/** How many different groups follow each other until one comes again. */
function rounds(turns: readonly Request[], by: (request: Request) => unknown): number[] {
  const sizes: number[] = [];
  let seen = new Set<unknown>();
  for (const turn of turns) {
    if (seen.has(by(turn))) {
      sizes.push(seen.size);
      seen = new Set();
    }
    seen.add(by(turn));
  }
  return seen.size > 0 ? [...sizes, seen.size] : sizes;
}

/** In round n, every group with at least n requests has a turn. */
function roundSizes(all: readonly Request[], by: (request: Request) => unknown): number[] {
  const sizes = groups(all, by).map(({ length }) => length);
  return Array.from({ length: Math.max(0, ...sizes) }, (_, round) => sizes.filter((size) => size > round).length);
}

describe('the shares', () => {
  it.each([
    [1, 1],
    [2, 1],
    [3, 1],
    [8, 4],
    [64, 32],
  ])('of %i places are %i for each user and each kind', (places, share) => {
    const shares = new Shares(places);
    const holder = { kind: 'a', user: 'ada' };
    for (let taken = 0; taken < share; taken += 1) {
      expect([shares.isKindUsedUp('a'), shares.isUserUsedUp('ada')]).toEqual([false, false]);
      shares.take(holder);
    }
    expect([shares.isKindUsedUp('a'), shares.isUserUsedUp('ada')]).toEqual([true, true]);
    expect([shares.isKindUsedUp('b'), shares.isUserUsedUp('bob')]).toEqual([false, false]);
    shares.giveBack(holder);
    expect([shares.isKindUsedUp('a'), shares.isUserUsedUp('ada')]).toEqual([false, false]);
  });

  it('are none for the service account', () => {
    const shares = new Shares(2);
    shares.take({ kind: 'a' });
    shares.take({ kind: 'a' });
    expect([shares.isKindUsedUp('a'), shares.isUserUsedUp(undefined)]).toEqual([true, false]);
    shares.giveBack({ kind: 'a' });
    expect(shares.isKindUsedUp('a')).toBe(true);
    shares.giveBack({ kind: 'a' });
    expect(shares.isKindUsedUp('a')).toBe(false);
  });

  it('let the next one below its share go first, then the others, and never a user above it', () => {
    const shares = new Shares(2);
    shares.take({ kind: 'a', user: 'ada' });
    const line = lineOf([
      { name: 'same kind and user', kind: 'a', user: 'ada' },
      { name: 'same kind', kind: 'a', user: 'bob' },
      { name: 'same user', kind: 'b', user: 'ada' },
    ]);
    expect(line.next(shares, true)).toBeUndefined();
    expect(line.next(shares, false)?.name).toBe('same kind');
    line.add({ name: 'neither', kind: 'b', user: 'eve' });
    expect(line.next(shares, true)?.name).toBe('neither');
  });
});
