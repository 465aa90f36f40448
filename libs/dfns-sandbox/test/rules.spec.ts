import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import type { RelyingParty } from 'dfns-sandbox';
import fc from 'fast-check';
import type { Caller } from '../src/access/caller.js';
import { parseNonce } from '../src/access/legacy-headers.guard.js';
import { memberText } from '../src/bodies/json-text.js';
import { list, object, optional, text } from '../src/bodies/shape.js';
import { identifier } from '../src/configuration/identifier.js';
import { SandboxConfig } from '../src/configuration/sandbox-config.js';
import { verifyKeyAttestation } from '../src/credentials/attestation.js';
import {
  answersChallenge,
  expectAllowedOrigin,
  expectClientData,
  parseClientData,
} from '../src/credentials/client-data.js';
import { parsePublicKey } from '../src/credentials/public-key.js';
import { TemporarySessions } from '../src/enrolment/temporary-sessions.js';
import * as refusals from '../src/errors/refusals.js';
import { UserStore } from '../src/identities/user-store.js';
import { KeptState } from '../src/state/kept-state.js';
import { ExpiringMap } from '../src/tokens/expiring-map.js';
import { IssuedSecrets } from '../src/tokens/issued-secrets.js';
import { TokenIssuer } from '../src/tokens/token-issuer.js';
import { matches } from '../src/user-actions/signed-action.js';
import { violations } from './support/contract.js';
import { catalogue } from './support/fixtures.js';

const base64url = (value: string) => Buffer.from(value).toString('base64url');
describe('client data', () => {
  it('is read with its members in any order, with other members, and with or without padding', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.boolean(),
        (challenge, others, isFirst) => {
          const named = { type: 'key.get', challenge };
          const { type: _, challenge: __, origin: ___, ...rest } = others;
          const json = JSON.stringify(isFirst ? { ...named, ...rest } : { ...rest, ...named });
          for (const encoded of [
            base64url(json),
            Buffer.from(json).toString('base64').replaceAll('+', '-').replaceAll('/', '_'),
          ]) {
            expect(parseClientData(encoded)).toEqual({
              bytes: Buffer.from(json),
              type: 'key.get',
              challenge,
              origin: '',
            });
          }
        },
      ),
    );
  });

  it('has the challenge as it is or encoded once more, and accepts no other text', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (challenge, other) => {
        expect(answersChallenge(challenge, challenge)).toBe(true);
        expect(answersChallenge(base64url(challenge), challenge)).toBe(true);
        fc.pre(other !== challenge && other !== base64url(challenge));
        expect(answersChallenge(other, challenge)).toBe(false);
      }),
    );
  });

  it.each([
    ['', 'not base64url'],
    ['a+b/', 'not base64url'],
    [base64url('text'), 'not JSON'],
    [base64url('[]'), 'not a JSON object'],
    [base64url('null'), 'not a JSON object'],
    [base64url('{"type":"key.get"}'), 'must have a type and a challenge'],
    [base64url('{"type":"key.create","challenge":"c"}'), 'type must be key.get'],
    [base64url('{"type":"key.get","challenge":"d"}'), 'not the challenge that was issued'],
  ])('is refused: %p', (encoded, reason) => {
    expect(() => expectClientData(encoded, 'key.get', 'c')).toThrow(reason);
  });
});

describe('public keys', () => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();

  it('are not the same key if one letter is different', () => {
    const start = pem.indexOf('\n') + 1;
    const letters = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
    // The same key can be written with another number of unused bits, or as a point in hybrid form (X9.62).
    const otherForms = [start + 30, start + 31];
    // The last letters before the padding contain bits that are not used.
    fc.assert(
      fc.property(fc.integer({ min: start, max: pem.indexOf('=') - 3 }), letters, (at, letter) => {
        fc.pre(pem[at] !== '\n' && pem[at] !== letter && !otherForms.includes(at));
        const changed = pem.slice(0, at) + letter + pem.slice(at + 1);
        expect(isKey(changed) && parsePublicKey(changed).equals(publicKey)).toBe(false);
      }),
    );
  });
  const isKey = (text: string) => {
    try {
      return Boolean(parsePublicKey(text));
    } catch {
      return false;
    }
  };

  it('are refused for any other text', () => {
    fc.assert(fc.property(fc.string(), (other) => expect(() => parsePublicKey(other)).toThrow()));
  });
});

describe('nonces', () => {
  it('are read with their members in any order', () => {
    const uuids = fc.string({ minLength: 13, maxLength: 40 });
    const dates = fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31') });
    fc.assert(
      fc.property(uuids, dates, fc.boolean(), (uuid, date, isFirst) => {
        const json = isFirst ? JSON.stringify({ uuid, date }) : JSON.stringify({ date, uuid });
        expect(parseNonce(base64url(json))).toEqual({ uuid, date: date.getTime() });
      }),
    );
  });

  it('are undefined for any other text', () => {
    fc.assert(fc.property(fc.string(), (other) => expect(parseNonce(other)).toBeUndefined()));
    fc.assert(fc.property(fc.json(), (json) => expect(parseNonce(base64url(json))).toBeUndefined()));
    expect(parseNonce(undefined)).toBeUndefined();
  });
});

describe('the text of a member of a JSON object', () => {
  it('is exactly the text in the JSON, with any members around it', () => {
    const values = fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true });
    fc.assert(
      fc.property(values, fc.jsonValue(), fc.nat(4), fc.nat(4), (others, value, outer, inner) => {
        const written = JSON.stringify(value, null, inner);
        const { needle: _, ...rest } = others;
        const surrounding = JSON.stringify({ ...rest, needle: 'HERE' }, null, outer);
        const json = surrounding.replace('"HERE"', () => written);
        fc.pre(JSON.stringify(rest).indexOf('"HERE"') < 0);
        expect(memberText(json, 'needle')).toBe(written);
      }),
    );
  });

  it.each([
    ['{}', undefined],
    ['{"b":{"a":1}}', undefined],
    ['{"a":1,"a":2}', '2'],
    ['{"\\u0061":[1, {"a":"}"}]}', '[1, {"a":"}"}]'],
    [' { "a" : "\\"," } ', '"\\","'],
  ])('in %s is %p', (json, expected) => {
    expect(memberText(json, 'a')).toBe(expected);
  });
});

describe('attestations of keys', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const clientData = '{"challenge":"c","type":"key.create"}';
  const clientDataHash = createHash('sha256').update(clientData).digest('hex');
  const signature = sign(null, Buffer.from(JSON.stringify({ clientDataHash, publicKey: pem })), privateKey).toString(
    'hex',
  );
  const verifyData = (attestation: object | string) =>
    verifyKeyAttestation(
      {
        credId: 'id',
        clientData: base64url(clientData),
        attestationData: base64url(typeof attestation === 'string' ? attestation : JSON.stringify(attestation)),
      },
      'c',
    );

  it('return the public key', () => expect(verifyData({ publicKey: pem, signature })).toBe(pem));

  it.each([
    ['no JSON', 'text', 'not JSON'],
    ['no key', { signature }, 'must have a publicKey'],
    ['no signature', { publicKey: pem }, 'must have a signature in hex'],
    ['an odd signature', { publicKey: pem, signature: 'abc' }, 'must have a signature in hex'],
    ['a PEM without its last line feed', { publicKey: pem.trimEnd(), signature }, 'does not verify'],
    ['a digest, which Ed25519 does not have', { publicKey: pem, signature, algorithm: 'SHA256' }, 'does not verify'],
  ])('are refused with %s', (_, attestation, reason) => {
    expect(() => verifyData(attestation)).toThrow(reason);
  });
});

describe('the relying party', () => {
  const isAllowed = (relyingParty: Partial<RelyingParty>, origin: string) => {
    try {
      expectAllowedOrigin({ id: 'example.test', name: '', ...relyingParty }, origin);
      return true;
    } catch {
      return false;
    }
  };

  it.each([
    ['https://example.test', true],
    ['http://example.test:3000', true],
    ['https://app.example.test', true],
    ['https://badexample.test', false],
    ['https://example.test.evil', false],
    ['', false],
  ])('without a list of origins allows %p: %p', (origin, expected) => {
    expect(isAllowed({}, origin)).toBe(expected);
    expect(isAllowed({ origins: ['https://other.test'] }, origin)).toBe(false);
    expect(isAllowed({ origins: [origin] }, origin)).toBe(true);
  });
});

describe('rules for JSON values', () => {
  const shape = object({ name: text({ max: 3 }), tags: optional(list(text(), 2)) });

  it('report all problems with their paths', () => {
    expect(shape.problems({ name: 'long', tags: ['a', ''], more: 1 }, 'body')).toEqual([
      'body.more is not a known member',
      'body.name must be a text of the documented form',
      'body.tags[1] must be a text of the documented form',
    ]);
    expect(shape.problems({}, 'body')).toEqual(['body.name is required']);
    expect(shape.problems({ name: 'a', tags: ['a', 'b', 'c'] }, 'body')).toEqual([
      'body.tags must be a list of at most 2',
    ]);
  });

  it('refuse other values where an object is needed', () => {
    const others = fc
      .jsonValue()
      .filter((value) => typeof value !== 'object' || value === null || Array.isArray(value));
    fc.assert(
      fc.property(others, (value) => expect(shape.problems(value, 'body')).toEqual(['body must be an object'])),
    );
  });
});

describe('bodies of a signed and of a sent request', () => {
  const compare = (strict: boolean) => (signed: string, sent: string) => {
    const request = { method: 'POST', path: '/' };
    return matches({ ...request, payload: signed }, { ...request, payload: sent }, strict);
  };
  const [isSameText, isSameValue] = [compare(true), compare(false)];

  /** The same text with other white space, and with escapes for all that is not ASCII. */
  const rewritten = (text: string) =>
    JSON.stringify(JSON.parse(text), null, 2).replace(
      /[\u0080-\uffff]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );

  it('are the same value with other white space and other escapes, but not the same text', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue(), { minKeys: 1 }), (body) => {
        const text = JSON.stringify(body);
        expect(isSameValue(text, rewritten(text))).toBe(true);
        expect(isSameText(text, rewritten(text))).toBe(false);
      }),
    );
  });

  it('are the same value if the values are, and only then', () => {
    const values = fc.jsonValue({ maxDepth: 2 });
    fc.assert(
      fc.property(values, values, (one, other) => {
        const [a, b] = [JSON.stringify(one), JSON.stringify(other)];
        fc.pre(!['""', '{}'].includes(a) || !['""', '{}'].includes(b));
        expect(isSameValue(a, b)).toBe(isDeepStrictEqual(JSON.parse(a), JSON.parse(b)));
      }),
    );
  });

  it.each([
    ['', '{}', true, true],
    ['{}', '', true, true],
    ['', '{ }', true, false],
    ['{"a":1,"b":2}', '{"b":2,"a":1}', true, false],
    ['{"a":"\\u00e9 \\u003c"}', '{"a": "é <"}', true, false],
    ['{"a":[1,2]}', '{"a":[2,1]}', false, false],
    ['{"a":1}', '{"a":"1"}', false, false],
    ['{"a":null}', '{}', false, false],
    ['{"__proto__":{"a":1}}', '{}', false, false],
    ['text', 'text', true, true],
    ['text', 'other', false, false],
    ['['.repeat(200_000) + ']'.repeat(200_000), ' '.concat('['.repeat(200_000), ']'.repeat(200_000)), false, false],
  ])('%#: are compared', (signed, sent, isValue, isText) => {
    expect([isSameValue(signed, sent), isSameText(signed, sent)]).toEqual([isValue, isText]);
  });
});

describe('refusals', () => {
  const documented: { status: number; message: string }[] = catalogue.filter(
    ({ message }: { message: string | null }) => message,
  );

  it.each([
    refusals.notAuthorized(),
    refusals.userActionInvalid(),
    refusals.userActionSpent(),
    refusals.challengeInvalid(),
    refusals.noUsableCredential(),
    refusals.notRecoveryFactor(),
    refusals.userNotFound(),
    refusals.userExists(),
    refusals.userDeactivated(),
    refusals.nonceInvalid(),
    refusals.nonceSpent(),
    refusals.notFound('wallet', {}),
    refusals.externalIdConflict('transfer', 'once', 'xfr-1'),
    refusals.notFound('application', {}),
    refusals.invalidCode(),
    refusals.registrationCodeExpired(),
  ])('have the documented message and status: $message', (refusal) => {
    const matching = documented.filter(({ message }) => message === refusal.message);
    expect(matching.map(({ status }) => status)).toContain(refusal.getStatus());
  });
});

describe('other rules', () => {
  it('identifiers have the documented form', () => {
    expect(identifier('or')).toMatch(/^or-[a-z0-9]{5}-[a-z0-9]{5}-[a-z0-9]{14,16}$/);
    expect(new Set(Array.from({ length: 1000 }, () => identifier('us'))).size).toBe(1000);
  });

  it('entries of a map expire, also after they are set again', () => {
    let now = 0;
    const map = new ExpiringMap<string>(10, () => now);
    map.set('a', 'first');
    now = 9;
    expect(map.get('a')).toBe('first');
    map.set('a', 'second');
    now = 18;
    expect(map.get('a')).toBe('second');
    now = 19;
    expect(map.get('a')).toBeUndefined();
  });

  it('a session can be completed once, and stays open if its completion fails', () => {
    const config = new SandboxConfig({});
    const state = new KeptState();
    const tokens = new TokenIssuer(config, new IssuedSecrets(), state);
    const sessions = new TemporarySessions(config, tokens, state);
    const user = new UserStore(state).add({ username: 'ada', kind: 'EndUser' });
    const token = tokens.read(sessions.open('Temp', user).temporaryAuthenticationToken, ['Temp']);
    const caller: Caller = { kind: 'RegistrationSession', user, token: token!, path: '' };
    const changes: string[] = [];
    const fail = () => {
      throw new Error('no change');
    };
    expect(() => sessions.complete(caller, fail)).toThrow('no change');
    sessions.complete(caller, () => changes.push('first'));
    expect(() => sessions.complete(caller, () => changes.push('second'))).toThrow('Not Authorized.');
    expect(changes).toEqual(['first']);
  });

  it('user actions match the same request only', () => {
    const actions = fc.record({ method: fc.constantFrom('POST', 'PUT'), path: fc.webPath(), payload: fc.string() });
    fc.assert(
      fc.property(actions, fc.boolean(), (action, strict) => expect(matches(action, action, strict)).toBe(true)),
    );
    fc.assert(
      fc.property(actions, actions, (signed, sent) => {
        fc.pre(signed.payload !== sent.payload && !['', '{}'].includes(signed.payload));
        expect(matches(signed, { ...signed, payload: sent.payload }, true)).toBe(false);
      }),
    );
    const signed = { method: 'POST', path: '/a?b', payload: '' };
    expect(matches(signed, { ...signed, path: '/a' }, false)).toBe(false);
  });

  it('bodies of user actions are equal as JSON values, but with strict only as texts', () => {
    const same = (one: string, other: string, strict: boolean) =>
      matches({ method: 'POST', path: '/', payload: one }, { method: 'POST', path: '/', payload: other }, strict);
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const [text, spaced] = [JSON.stringify([1, one]), JSON.stringify([1, one], null, 2)];
        expect([same(text, spaced, false), same(text, spaced, true)]).toEqual([true, false]);
        expect(same(text, JSON.stringify([2, other]), false)).toBe(false);
      }),
    );
    expect(same('{"a":1,"b":2}', '{ "b": 2, "a": 1 }', false)).toBe(true);
    expect([same('', '{ }', false), same('', '{}', true), same('', '{ }', true)]).toEqual([true, true, false]);
    expect([same('[1,2]', '[2,1]', false), same('text', 'other', false)]).toEqual([false, false]);
  });

  it('the contract check finds wrong answers', () => {
    const exchange = { method: 'POST', path: '/auth/action', requestBody: '', status: 200 };
    expect(violations({ ...exchange, responseBody: '{"userAction":"x"}' })).toEqual([]);
    expect(violations({ ...exchange, responseBody: '{"userAction":1}' })).toEqual([
      expect.stringContaining('must be string'),
    ]);
    expect(violations({ ...exchange, requestBody: '{}', responseBody: '{"userAction":"x"}' })).toHaveLength(2);
    expect(violations({ ...exchange, path: '/nowhere', responseBody: '{}' })).toHaveLength(1);
    const bare = { ...exchange, status: 401, responseBody: '{"message":"no"}' };
    expect(violations(bare).length).toBeGreaterThan(0);
    expect(() => violations({ ...exchange, responseBody: 'text' })).toThrow('JSON');
  });
});
