import { describe, expect, it } from '@jest/globals';
import { ValidationPipe } from '@nestjs/common';
import fc from 'fast-check';
import { CompleteRegistrationDto, NewCredentialDto, UserActionAssertionDto } from 'nestjs-dfns-auth';
import { vectors } from './support/published-vectors.js';
import {
  bodies,
  key,
  type Path,
  passkey,
  pathsOf,
  places,
  recoveryCredential,
  withMember,
} from './support/request-bodies.js';

const { fido2 } = vectors;
const pipe = new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true });

/** Returns what a controller gets for a body that arrives as text, or the messages of the refusal. */
async function received(Dto: new () => object, text: string): Promise<{ json?: string; refusal?: string[] }> {
  try {
    const value = await pipe.transform(JSON.parse(text), { type: 'body', metatype: Dto });
    return { json: JSON.stringify(value) };
  } catch (error) {
    return { refusal: (error as { getResponse(): { message: string[] } }).getResponse().message };
  }
}

const place = fc.constantFrom(...places);
/** Names that a class may know at some level. */
const KNOWN = new Set(['constructor', 'prototype', 'tags', ...places.flatMap(({ path }) => path.map(String))]);
const optional = /externalId|secondFactorCredential|recoveryCredential|credentialName|encryptedPrivateKey|algorithm/;
const alsoOptional = /userHandle|secondFactor$|name$|permissionId|Valid$|isSSORequired|operations|wallets.\d+$/;

/** Whether a number or a flag is of the type of the member. */
const isOfType = (path: Path, value: unknown) =>
  /Valid$/.test(String(path.at(-1)))
    ? Number.isInteger(value)
    : path.at(-1) === 'isSSORequired' && typeof value === 'boolean';

/** Matches a refusal that names the member: the last name in its path. */
const naming = (path: Path) => expect.stringContaining(String(path.filter((part) => typeof part === 'string').at(-1)));

describe('request classes under a strict ValidationPipe', () => {
  it.each(bodies)('pass on a correct body, byte for byte: $name', async ({ Dto, body }) => {
    const text = JSON.stringify(body);
    await expect(received(Dto, text)).resolves.toEqual({ json: text });
  });

  it('pass on a body with another text unchanged, or refuse the text by its name', () =>
    fc.assert(
      fc.asyncProperty(
        place,
        fc.oneof(fc.string(), fc.base64String(), fc.stringMatching(/^[\w-]{0,40}$/)),
        async (at, text) => {
          const body = JSON.stringify(withMember(at.body, at.path, text));
          const { json, refusal } = await received(at.Dto, body);
          if (refusal) expect(refusal).toContainEqual(naming(at.path));
          else expect(json).toBe(body);
        },
      ),
      { numRuns: 500 },
    ));

  it('refuse a value of another type by its name', () =>
    fc.assert(
      fc.asyncProperty(
        place,
        fc.oneof(fc.constant(null), fc.boolean(), fc.double({ noNaN: true }), fc.constant([]), fc.constant({})),
        async (at, value) => {
          fc.pre(!(Array.isArray(value) && at.path.at(-1) === 'wallets'));
          fc.pre(!isOfType(at.path, value));
          const { refusal } = await received(at.Dto, JSON.stringify(withMember(at.body, at.path, value)));
          expect(refusal).toContainEqual(naming(at.path));
        },
      ),
      { numRuns: 500 },
    ));

  it('refuse a list instead of an object, also a list of correct objects', async () => {
    for (const { Dto, body, path } of places) {
      const value = path.reduce((at: never, name) => at[name], body as never);
      const { refusal } = await received(Dto, JSON.stringify(withMember(body, path, [value, value])));
      expect([path, refusal]).toEqual([path, expect.arrayContaining([naming(path)])]);
    }
  });

  it('refuse a missing member by its name, if it is not optional', async () => {
    for (const { Dto, body, path } of places) {
      const where = path.join('.');
      const { refusal } = await received(Dto, JSON.stringify(withMember(body, path, undefined)));
      const mayBeMissing = alsoOptional.test(where) || optional.test(String(path.at(-1)));
      if (!mayBeMissing) expect([where, refusal]).toEqual([where, expect.arrayContaining([naming(path)])]);
    }
  });

  it('refuse a text that is too long by its name', async () => {
    for (const { Dto, body, path } of places) {
      const value = path.reduce((at: never, name) => at[name], body as never);
      if (typeof value !== 'string') continue;
      const { refusal } = await received(Dto, JSON.stringify(withMember(body, path, 'A'.repeat(100_000))));
      expect([path, refusal]).toEqual([path, expect.arrayContaining([naming(path)])]);
    }
  });

  it('refuse an unknown member by its name, at every level', () =>
    fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...bodies),
        fc.stringMatching(/^[a-z]{1,12}$/).filter((name) => !KNOWN.has(name)),
        fc.nat(20),
        async ({ Dto, body }, name, index) => {
          const objects = [[], ...pathsOf(body)].filter((path) => {
            const value = path.reduce((at: never, part) => at[part], body as never) as unknown;
            return typeof value === 'object' && !Array.isArray(value);
          });
          const path = objects[index % objects.length] as Path;
          const { refusal } = await received(Dto, JSON.stringify(withMember(body, [...path, name], 'x')));
          expect(refusal).toContainEqual(expect.stringContaining(name));
        },
      ),
      { numRuns: 300 },
    ));

  it.each(['__proto__', 'constructor', 'prototype'])('never pass on a member %s, at any level', async (name) => {
    for (const { Dto, body } of bodies) {
      for (const path of [[], ...pathsOf(body)]) {
        const value = path.reduce((at: never, part) => at[part], body as never) as unknown;
        if (typeof value !== 'object' || Array.isArray(value)) continue;
        const text = JSON.stringify(withMember(body, [...path, name], { isAdmin: true }));
        const { json = '', refusal } = await received(Dto, text);
        expect(refusal !== undefined || json === JSON.stringify(body)).toBe(true);
        expect(json).not.toContain('isAdmin');
      }
    }
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  it.each(['toString', '__proto__', 'constructor', 'Password', 'Totp', 'fido2', ''])(
    'refuse the kind %j of a credential and of an assertion',
    async (kind) => {
      const credential = { firstFactorCredential: { ...key, credentialKind: kind } };
      const first = await received(CompleteRegistrationDto, JSON.stringify(credential));
      expect(first.refusal).toContainEqual(expect.stringContaining('firstFactorCredential must be'));
      const assertion = { firstFactor: { kind, credentialAssertion: {} } };
      const second = await received(UserActionAssertionDto, JSON.stringify(assertion));
      expect(second.refusal).toContainEqual(expect.stringContaining('firstFactor must be'));
    },
  );

  it('refuse the members of another kind', async () => {
    const stray = [
      [CompleteRegistrationDto, { firstFactorCredential: { ...key, encryptedPrivateKey: 'x' } }],
      [CompleteRegistrationDto, { firstFactorCredential: recoveryCredential }],
      [CompleteRegistrationDto, { firstFactorCredential: key, recoveryCredential: key }],
      [NewCredentialDto, { ...passkey, encryptedPrivateKey: 'x' }],
      [UserActionAssertionDto, { firstFactor: { ...fido2.assertion.variants[0]!.firstFactor, kind: 'Key' } }],
    ] as const;
    for (const [Dto, body] of stray) {
      await expect(received(Dto, JSON.stringify(body))).resolves.toEqual({ refusal: expect.any(Array) });
    }
  });
});
