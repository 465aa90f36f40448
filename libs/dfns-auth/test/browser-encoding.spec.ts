// Tests a unit of its own: the encodings that the browser's half writes itself, since browsers have none.
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { base64, base64url, der, fromBase64url, hex, pem } from '../browser/bytes.js';

const bytes = fc.uint8Array({ maxLength: 300 });

describe('encodings in the browser', () => {
  it('are those of Node', () => {
    fc.assert(
      fc.property(bytes, (some) => {
        expect(base64url(some)).toBe(Buffer.from(some).toString('base64url'));
        expect(base64(some)).toBe(Buffer.from(some).toString('base64'));
        expect(hex(some)).toBe(Buffer.from(some).toString('hex'));
      }),
    );
  });

  it('decode base64url, with and without padding', () => {
    fc.assert(
      fc.property(bytes, (some) => {
        const text = Buffer.from(some).toString('base64url');
        const padded = text.padEnd(Math.ceil(text.length / 4) * 4, '=');
        expect([...fromBase64url(text)]).toEqual([...some]);
        expect([...fromBase64url(padded)]).toEqual([...some]);
      }),
    );
  });

  it('handle more bytes than a function takes as arguments', () => {
    const many = new Uint8Array(200_000).fill(7);
    expect(base64url(many)).toBe(Buffer.from(many).toString('base64url'));
  });

  it('write a public key as Node does', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const spki = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })).buffer;
    expect(pem(spki)).toBe(createPublicKey(pem(spki)).export({ type: 'spki', format: 'pem' }));
  });
});

describe('an ECDSA signature as DER', () => {
  /** Numbers with many leading zeros occur as often as others. */
  const number = fc
    .tuple(fc.integer({ min: 0, max: 31 }), fc.uint8Array({ minLength: 32, maxLength: 32 }))
    .map(([zeros, digits]) => digits.fill(0, 0, zeros))
    .filter((digits) => digits.some((digit) => digit !== 0));

  it('holds the two numbers, each in its shortest form', () => {
    fc.assert(
      fc.property(number, number, (r, s) => {
        const encoded = Buffer.from(der(Uint8Array.of(...r, ...s).buffer));
        expect([...encoded.subarray(0, 2)]).toEqual([0x30, encoded.length - 2]);
        const first = readInteger(encoded, 2);
        const second = readInteger(encoded, first.end);
        expect([first.value, second.value, second.end]).toEqual([numberOf(r), numberOf(s), encoded.length]);
      }),
    );
  });

  const numberOf = (digits: Uint8Array) => BigInt(`0x${Buffer.from(digits).toString('hex')}`);

  /** Reads a positive number as X.690 says. */
  function readInteger(encoded: Buffer, at: number): { value: bigint; end: number } {
    const end = at + 2 + (encoded[at + 1] as number);
    const digits = encoded.subarray(at + 2, end);
    expect(encoded[at]).toBe(0x02);
    expect((digits[0] as number) < 0x80).toBe(true);
    expect(digits[0] !== 0 || (digits[1] as number) >= 0x80).toBe(true);
    return { value: numberOf(digits), end };
  }
});
