// A unit of its own: the scrubber, with disguises of secrets that no answer of the sandbox contains.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SecretScrubber } from '../src/http/secret-scrubber.js';
import { leaks } from './support/secret-leaks.js';

describe('SecretScrubber', () => {
  const SECRET = 'x7Kq-opaque.user_action/of+Dfns=29';
  const scrubbed = (text: string) => {
    const scrubber = new SecretScrubber();
    scrubber.add(SECRET);
    scrubber.add(undefined);
    scrubber.add('');
    return scrubber.scrub(text);
  };

  it.each([
    ['as it is', SECRET],
    ['percent-encoded', encodeURIComponent(SECRET)],
    ['in base64', Buffer.from(SECRET).toString('base64')],
    ['in base64url', Buffer.from(SECRET).toString('base64url')],
  ])('removes a secret %s, and keeps the rest of the text', (_, encoded) => {
    expect(scrubbed(`Rejected: ${encoded} and ${encoded} are not valid`)).toBe(
      'Rejected: [redacted] and [redacted] are not valid',
    );
  });

  it('removes a secret that is escaped for JSON, and keeps the rest of the text', () => {
    const scrubber = new SecretScrubber();
    scrubber.add('quote"d');
    expect(scrubber.scrub(`Rejected: ${JSON.stringify({ a: 'quote"d' })} !`)).toBe('Rejected: {"a":"[redacted]"} !');
  });

  it.each([
    ['in two lines', `${SECRET.slice(0, 17)}\n${SECRET.slice(17)}`],
    ['in groups', SECRET.match(/.{1,5}/g)?.join(' ') ?? ''],
    ['with invisible characters', SECRET.split('').join('\u200b')],
    ['escaped twice', JSON.stringify(JSON.stringify(SECRET)).replaceAll('/', '\\/')],
    ['only its first half', SECRET.slice(0, 22)],
    ['only its last half', SECRET.slice(-20)],
  ])('removes the text around a secret %s', (_, disguised) => {
    for (const text of [`Rejected: ${disguised} is not valid`, `Rejected: ${disguised}`]) {
      expect(scrubbed(text)).toMatch(/redacted/);
      expect(leaks(scrubbed(text), [SECRET, SECRET.slice(0, 17), SECRET.slice(17)])).toEqual([]);
    }
  });

  it('removes the whole text for a piece of any secret, also at its end', () => {
    const scrubber = new SecretScrubber();
    for (const secret of ['firstSecretOfThree01', 'secondSecretOfThree2', 'thirdSecretOfThree03']) scrubber.add(secret);
    expect(scrubber.scrub('of: secondSecretOfTh')).toBe('[redacted]');
    expect(scrubber.scrub('of: secondSecretOfT')).toBe('of: secondSecretOfT');
  });

  it.each([
    ['an unknown JWT', `token ${['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiJhIn0', 'c2ln'].join('.')} refused`],
    ['a long random text', `token ${'aB3_'.repeat(12)} refused`],
    ['a private key', `key -----BEGIN PRIVATE ${'KEY-----'}\nMC4CAQAw\n refused`],
  ])('removes %s', (_, text) => {
    expect(scrubbed(text)).toMatch(/^\w+ \[redacted\]( refused)?$/);
  });

  it.each([
    'wallet not found',
    'CustomerEmployee us-6b58p-r53sr-rlrd3l5cj3uc4ome is not authorized to perform operation (Auth:Users:Delegate)',
    'User does not have a credential that can be used for the application.',
    'Ungültig: Straße, 日本語',
  ])('keeps "%s"', (text) => {
    expect(scrubbed(text)).toBe(text);
  });

  it('returns one line of at most 300 characters', () => {
    expect(scrubbed('a\r\n[Nest] ERROR\u001b[31m\u2028b\u202ec')).toBe('a [Nest] ERROR [31m b c');
    expect(scrubbed('word '.repeat(60))).toBe('word '.repeat(60));
    expect(scrubbed('word '.repeat(1_000))).toBe(`${'word '.repeat(60)}…`);
  });

  it('removes every secret at every place', () => {
    const printable = fc.string({ minLength: 20, maxLength: 60, unit: fc.constantFrom(...'abcXYZ019-_.~+/=:{}"\\') });
    fc.assert(
      fc.property(printable, fc.string(), fc.string(), (secret, before, after) => {
        const scrubber = new SecretScrubber();
        scrubber.add(secret);
        const text = scrubber.scrub(`${before}${secret}${after}${encodeURIComponent(secret)}`);
        expect(text).not.toContain(secret);
      }),
    );
  });
});
