// A unit of its own: the sealer, with rows and contexts that no token or ceremony produces.
import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Keyv } from 'keyv';
import { KeyvTokenStore } from 'nestjs-dfns-auth';
import { SealedKeyv } from '../src/sealing/sealed-keyv.js';
import { Sealer, type SealingOptions } from '../src/sealing/sealer.js';

const keyOf = (id: string) => ({ id, key: randomBytes(32).toString('base64') });
const CONTEXT = ['token', 'or-1', 'ada'];

describe('Sealer', () => {
  it('opens a sealed text in its context', () => {
    const sealer = new Sealer({ keys: [keyOf('a')] });
    const texts = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(texts, fc.array(fc.string({ unit: 'binary' }), { maxLength: 4 }), (text, context) => {
        expect(sealer.open(sealer.seal(text, context), context)).toBe(text);
      }),
    );
  });

  it('opens a text in no other context, also if it has the same letters in other parts', () => {
    const sealer = new Sealer({ keys: [keyOf('a')] });
    const parts = fc.array(
      fc.string({ unit: fc.constantFrom('a', 'A', '"', ',', '\\', ':', '\0', '\ud800', 'é', 'é') }),
      {
        maxLength: 4,
      },
    );
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        fc.pre(one.length !== other.length || one.some((part, i) => part !== other[i]));
        expect(sealer.open(sealer.seal('text', one), other)).toBeUndefined();
      }),
    );
  });

  it('opens no text with a flipped bit, a cut end or an added character', () => {
    const sealer = new Sealer({ keys: [keyOf('key-1')] });
    const sealed = sealer.seal('eyJ.secret', CONTEXT);
    const bytes = Buffer.from(sealed);
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(sealer.open(flipped.toString('latin1'), CONTEXT)).toBeUndefined();
    }
    for (let length = 0; length < sealed.length; length += 1) {
      expect(sealer.open(sealed.slice(0, length), CONTEXT)).toBeUndefined();
    }
    for (const more of [`${sealed}A`, `${sealed}=`, `${sealed}.`, `${sealed} `, ` ${sealed}`, `${sealed}.${sealed}`]) {
      expect(sealer.open(more, CONTEXT)).toBeUndefined();
    }
  });

  it('seals the same text differently each time', () => {
    const sealer = new Sealer({ keys: [keyOf('a')] });
    expect(sealer.seal('text', CONTEXT)).not.toBe(sealer.seal('text', CONTEXT));
  });

  it('seals with the first key, and opens with its keys only', () => {
    const [old, next, stranger] = [keyOf('old'), keyOf('new'), keyOf('old')];
    const before = new Sealer({ keys: [old] });
    const during = new Sealer({ keys: [next, old] });
    const after = new Sealer({ keys: [next] });
    expect(during.open(before.seal('text', CONTEXT), CONTEXT)).toBe('text');
    expect(after.open(during.seal('text', CONTEXT), CONTEXT)).toBe('text');
    expect(after.open(before.seal('text', CONTEXT), CONTEXT)).toBeUndefined();
    expect(new Sealer({ keys: [stranger] }).open(before.seal('text', CONTEXT), CONTEXT)).toBeUndefined();
  });

  it('accepts keys as bytes, base64 and base64url, and copies them', () => {
    const key = randomBytes(32);
    const sealed = new Sealer({ keys: [{ id: 'a', key: key.toString('base64url') }] }).seal('text', CONTEXT);
    const sealer = new Sealer({ keys: [{ id: 'a', key }] });
    key.fill(0);
    expect(sealer.open(sealed, CONTEXT)).toBe('text');
  });

  const secret = randomBytes(31).toString('base64');
  const whole = randomBytes(32).toString('base64');
  const ID = 'use 1 to 64 letters, digits, - or _';
  const LENGTH = 'a is not 32 bytes; make one with "openssl rand -base64 32"';
  it.each([
    ['no keys', { keys: [] }, 'give at least one { id, key }'],
    ['no options', {} as SealingOptions, 'give at least one { id, key }'],
    ['a short key', { keys: [{ id: 'a', key: secret }] }, LENGTH],
    ['no base64', { keys: [{ id: 'a', key: `${'*'.repeat(43)}=` }] }, LENGTH],
    ['a character before the base64', { keys: [{ id: 'a', key: `*${whole}` }] }, LENGTH],
    ['a character after the base64', { keys: [{ id: 'a', key: `${whole}*` }] }, LENGTH],
    ['no key', { keys: [{ id: 'a' } as never] }, LENGTH],
    ['no id', { keys: [{ ...keyOf('a'), id: '' }] }, ID],
    ['an id that is no text', { keys: [{ ...keyOf('a'), id: 7 as never }] }, ID],
    ['an id with a dot, which separates the parts', { keys: [{ ...keyOf('a'), id: 'a.b' }] }, ID],
    ['an id given twice', { keys: [keyOf('a'), keyOf('a')] }, 'give each key its own'],
  ])('refuses %s, says what to do, and repeats no key', (_, options, advice) => {
    const make = () => new KeyvTokenStore(new Keyv(), options);
    expect(make).toThrow(expect.objectContaining({ code: 'DFNS_CONFIGURATION' }));
    expect(make).toThrow(expect.objectContaining({ message: expect.stringContaining(advice) }));
    expect(make).toThrow(expect.objectContaining({ message: expect.stringMatching(/^the keys for sealing /) }));
    for (const key of [secret, whole]) {
      expect(make).toThrow(expect.objectContaining({ message: expect.not.stringContaining(key) }));
    }
  });

  it('prints no key at any depth', () => {
    const key = keyOf('a');
    const store = new KeyvTokenStore(new Keyv(), { keys: [key] });
    const printed =
      inspect([store, new Sealer({ keys: [key] })], { depth: null, showHidden: true }) + JSON.stringify(store);
    expect(printed).not.toContain(key.key);
    expect(printed).not.toContain(Buffer.from(key.key, 'base64').toString('hex'));
  });
});

describe('SealedKeyv', () => {
  const sealing = { keys: [keyOf('a')] };

  it('stores no readable names and values', async () => {
    const rows = new Map<string, string>();
    await new SealedKeyv(new Keyv({ store: rows }), sealing, 'token').set(['ada lovelace'], 'eyJ.secret', 1_000);
    expect(inspect([...rows])).not.toMatch(/ada|eyJ/);
  });

  it('does not open a row that was moved to another key', async () => {
    const rows = new Map<string, string>();
    const sealed = new SealedKeyv(new Keyv({ store: rows }), sealing, 'token');
    await sealed.set(['ada'], 'hers', 10_000);
    await sealed.set(['bob'], 'his', 10_000);
    const [[ada, hers], [bob, his]] = [...rows] as [[string, string], [string, string]];
    rows.set(ada, his).set(bob, hers);
    expect([await sealed.get(['ada']), await sealed.get(['bob'])]).toEqual([undefined, undefined]);
  });

  it('does not open a row of another purpose', async () => {
    const keyv = new Keyv();
    await new SealedKeyv(keyv, sealing, 'token').set(['ada'], 'text', 10_000);
    expect(await new SealedKeyv(keyv, sealing, 'ceremony').get(['ada'])).toBeUndefined();
  });

  it('gives different rows to different keys', async () => {
    const sealed = new SealedKeyv(new Keyv(), sealing, 'token');
    const parts = fc.array(fc.string({ unit: fc.constantFrom('a', 'A', '"', ',', '\ud800', '\udfff', '\ufffd', ' ') }));
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(other));
        expect(sealed.rowOf(one)).not.toBe(sealed.rowOf(other));
      }),
    );
  });

  it('gives a row to one of several takers', async () => {
    const sealed = new SealedKeyv(new Keyv(), sealing, 'ceremony');
    await sealed.set(['1'], 'text', 10_000);
    const taken = await Promise.all(Array.from({ length: 20 }, () => sealed.take(['1'])));
    expect(taken.filter((value) => value !== undefined)).toEqual(['text']);
    expect(await sealed.take(['1'])).toBeUndefined();
  });

  describe('over a store that refuses writes', () => {
    const refused = { code: 'DFNS_UNAVAILABLE', message: expect.stringContaining('check that it accepts writes') };

    it('fails to keep a row if the store says so', async () => {
      const sealed = new SealedKeyv(
        { get: async () => undefined, set: async () => false, delete: async () => false },
        sealing,
        'token',
      );
      await expect(sealed.set(['ada'], 'text', 10_000)).rejects.toMatchObject(refused);
    });

    it('fails to take a row that stays', async () => {
      const rows = new Map<string, string>();
      const set = async (key: string, value: string) => rows.set(key, value) === rows;
      const sealed = new SealedKeyv(
        { get: async (key) => rows.get(key), set, delete: async () => false },
        sealing,
        'token',
      );
      await sealed.set(['ada'], 'text', 10_000);
      await expect(sealed.take(['ada'])).rejects.toMatchObject(refused);
    });
  });
});
