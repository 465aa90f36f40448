// Units of their own: the readers of one answer, with headers and bodies that a server would rarely send.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DfnsError, type DfnsErrorCode } from 'nestjs-dfns-auth';
import {
  type Answer,
  readDuplicate,
  readErrorEnvelope,
  readJsonObject,
  readResetMs,
  readRetryAfter,
} from '../src/http/answer.js';
import { type CallerKind, isOutage, refusalCode, type Step, unansweredError } from '../src/http/failures.js';
import { TransportError, type TransportFailure } from '../src/http/lean-adapter.js';

const JSON_TYPE = { 'content-type': 'application/json' };
const answer = (body: string | Buffer | object, headers: Answer['headers'] = JSON_TYPE): Answer => ({
  status: 400,
  headers,
  bytes: Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});

describe('the JSON object of an answer', () => {
  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/json ;charset=utf-8',
    'APPLICATION/JSON',
    'application/problem+json',
    'application/vnd.dfns.v2-x+json',
  ])('is read as %s', (type) => {
    expect(readJsonObject(answer({ a: 1 }, { 'content-type': type }))).toEqual({ a: 1 });
  });

  it.each([
    'text/plain',
    'text/html; application/json',
    ' application/json',
    'application/jsonp',
    'application/json5',
    'application/+json',
    'application/ json',
    'xapplication/json',
    '',
  ])('is not read as %j', (type) => {
    expect(readJsonObject(answer({ a: 1 }, { 'content-type': type }))).toBeUndefined();
  });

  it.each(['[]', 'null', '"text"', '1', 'true', '', '{', '{"a":1}}'])('is no object in %j', (body) => {
    expect(readJsonObject(answer(body))).toBeUndefined();
    expect(readJsonObject(answer('{}', {}))).toBeUndefined();
  });

  it('must be UTF-8, also after an answer that was not', () => {
    expect(readJsonObject(answer(Buffer.from('{"name":"\xff"}', 'latin1')))).toBeUndefined();
    expect(readJsonObject(answer({ name: '€ 🙂' }))).toEqual({ name: '€ 🙂' });
  });

  it('has no __proto__, however it is written and however deep it is', () => {
    for (const name of ['__proto__', '\\u005f_proto__', '__proto\\u005f_']) {
      const read = readJsonObject(answer(`{"a":{"${name}":{"evil":1}},"${name}":{"evil":1},"b":"\\u0041"}`));
      expect(read).toEqual({ a: {}, b: 'A' });
      expect(Object.keys(read ?? {})).toEqual(['a', 'b']);
    }
  });

  it('is what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        fc.pre(!JSON.stringify(object).includes('__proto__'));
        expect(readJsonObject(answer(JSON.stringify(object)))).toEqual(JSON.parse(JSON.stringify(object)));
      }),
    );
  });
});

describe('the envelope of an error', () => {
  it.each<[string, object | string, { message: string; errorId?: string }]>([
    ['full', { error: { message: 'no', id: '27', name: 'BadRequest' } }, { message: 'no', errorId: '27' }],
    ['short', { message: 'no' }, { message: 'no' }],
    ['short with an id', { message: 'no', id: '1'.repeat(40) }, { message: 'no', errorId: '1'.repeat(40) }],
    ['without a message', { error: {} }, { message: '' }],
    ['with another message', { error: { message: 7 } }, { message: '' }],
    ['with a text as error', { error: 'no', message: 'yes' }, { message: 'yes' }],
    ['with a list as error', { error: [1], message: 'yes' }, { message: 'yes' }],
    ['with an id of other characters', { message: 'no', id: '12x' }, { message: 'no' }],
    ['with an id that begins otherwise', { message: 'no', id: 'x12' }, { message: 'no' }],
    ['with an empty id', { message: 'no', id: '' }, { message: 'no' }],
    ['with an id that is too long', { message: 'no', id: '1'.repeat(41) }, { message: 'no' }],
    ['with a number as id', { message: 'no', id: 12 }, { message: 'no' }],
    ['of no JSON', '<html>', { message: '' }],
  ])('%s is read', (_, body, expected) => {
    expect(readErrorEnvelope(answer(body))).toEqual(expected);
  });
});

describe('the duplicate in a 409', () => {
  const conflict = (duplicate: unknown) => answer({ error: { details: { duplicate } } });
  const SENT = '{"externalId":"order \\"7\\"","amount":"1"}';
  const ID = 'xfr-5mu4o-i2mei-9pp9oerlqbn8oc4m';

  it.each<[string, unknown, object | undefined]>([
    ['our id', { externalId: 'order "7"' }, { externalId: 'order "7"' }],
    ['our id and that of Dfns', { externalId: 'order "7"', id: ID }, { externalId: 'order "7"', id: ID }],
    ['another id', { externalId: 'order 8', id: ID }, undefined],
    ['a part of our id', { externalId: 'order', id: ID }, undefined],
    ['no text', { externalId: 7 }, undefined],
    ['nothing', {}, undefined],
    ['no object', 'order "7"', undefined],
    ['an id of Dfns that is no text', { externalId: 'order "7"', id: 7 }, { externalId: 'order "7"' }],
  ])('with %s', (_, duplicate, expected) => {
    expect(readDuplicate(conflict(duplicate), SENT)).toEqual(expected);
  });

  it.each([
    'x',
    `${ID} and more`,
    `a ${ID}`,
    'x-5mu4o-i2mei-9pp9oerlqbn8oc4m',
    'transf-5mu4o-i2mei-9pp9oerlqbn8oc4m',
    'xfr-5mu4-i2mei-9pp9oerlqbn8oc4m',
    'xfr-5mu4o-9pp9oerlqbn8oc4m',
    'xfr-5mu4o-i2mei-9pp9oerlqbn8o',
    'xfr-5mu4o-i2mei-9pp9oerlqbn8oc4mx',
    'XFR-5mu4o-i2mei-9pp9oerlqbn8oc4m',
  ])('does not pass on %s as an id', (id) => {
    expect(readDuplicate(conflict({ externalId: 'order "7"', id }), SENT)).toEqual({ externalId: 'order "7"' });
  });

  it.each(['xf', 'xfrab'])('passes on an id that begins with %s', (prefix) => {
    const id = `${prefix}-5mu4o-i2mei-9pp9oerlqbn8oc`;
    expect(readDuplicate(conflict({ externalId: 'order "7"', id }), SENT)).toMatchObject({ id });
  });

  it.each([{}, { error: 'no' }, { error: { details: [] } }, { error: { details: null } }, []])(
    'is none in %j',
    (body) => {
      expect(readDuplicate(answer(body), SENT)).toBeUndefined();
    },
  );
});

describe('how long to wait', () => {
  const NOW = Date.UTC(2026, 10, 22, 12, 0, 0);
  const date = (ms: number) => new Date(NOW + ms).toUTCString();
  const retryAfter = (headers: Answer['headers']) => readRetryAfter(answer('', headers), NOW);
  const resetMs = (headers: Answer['headers'], withinMs = 60_000) => readResetMs(answer('', headers), NOW, withinMs);
  const reset = (ms: number) => `${(NOW + ms) / 1_000}`;

  it.each<[string, Answer['headers'], number | undefined]>([
    ['seconds', { 'retry-after': '3' }, 3_000],
    ['parts of a second', { 'retry-after': '0.2501' }, 251],
    ['no seconds', { 'retry-after': '0' }, 0],
    ['less than nothing', { 'retry-after': '-5' }, 0],
    ['a day', { 'retry-after': '86400' }, 86_400_000],
    ['more than a day', { 'retry-after': '86401' }, 86_400_000],
    ['a date', { 'retry-after': date(9_000) }, 9_000],
    ['a date, by the clock of Dfns', { 'retry-after': date(9_000), date: date(4_000) }, 5_000],
    ['a date that passed', { 'retry-after': date(-9_000) }, 0],
    ['a reset', { 'x-ratelimit-reset': reset(7_000) }, 7_000],
    ['a reset, by the clock of Dfns', { 'x-ratelimit-reset': reset(7_000), date: date(-1_000) }, 8_000],
    ['seconds before a reset', { 'retry-after': '2', 'x-ratelimit-reset': reset(7_000) }, 2_000],
    ['a reset after nonsense', { 'retry-after': 'soon', 'x-ratelimit-reset': reset(7_000) }, 7_000],
    ['a wrong date of the answer', { 'x-ratelimit-reset': reset(7_000), date: 'today' }, 7_000],
    ['nothing', {}, undefined],
  ])('is read from %s', (_, headers, expected) => {
    expect(retryAfter(headers)).toBe(expected);
  });

  it.each([
    'soon',
    '3 s',
    's3',
    '.5',
    '1.',
    '1e3',
    `x${date(9_000)}`,
    `${date(9_000)}x`,
    date(9_000).replace('GMT', 'UTC'),
    date(9_000).replace('Sun, ', ''),
    '2026-11-22T12:00:09Z',
  ])('is not read from %j', (given) => {
    expect(retryAfter({ 'retry-after': given })).toBeUndefined();
    expect(retryAfter({ 'retry-after': [given] })).toBeUndefined();
  });

  it('is not read from a header that was sent twice', () => {
    expect(retryAfter({ 'retry-after': ['3'] })).toBeUndefined();
    expect(retryAfter({ 'retry-after': [date(9_000)] })).toBeUndefined();
  });

  it.each<[string, Answer['headers'], number | undefined]>([
    ['that comes', { 'x-ratelimit-reset': reset(7_000) }, 7_000],
    ['at the end of the window', { 'x-ratelimit-reset': reset(60_000) }, 60_000],
    ['after the window', { 'x-ratelimit-reset': reset(60_001) }, undefined],
    ['of this moment', { 'x-ratelimit-reset': reset(0) }, undefined],
    ['that passed', { 'x-ratelimit-reset': reset(-1_000) }, undefined],
    ['by the clock of Dfns', { 'x-ratelimit-reset': reset(90_000), date: date(80_000) }, 10_000],
    ['by ours, if that of Dfns says it passed', { 'x-ratelimit-reset': reset(5_000), date: date(6_000) }, 5_000],
    ['that is no number', { 'x-ratelimit-reset': 'soon' }, undefined],
    ['that is missing', { date: date(0) }, undefined],
  ])('until a reset %s', (_, headers, expected) => {
    expect(resetMs(headers)).toBe(expected);
  });
});

describe('what a refusal means', () => {
  const codes = (status: number, message = '') => {
    const of = (caller: CallerKind, step: Step) => refusalCode(status, message, caller, step);
    return {
      account: of('serviceAccount', 'call'),
      signing: of('serviceAccount', 'exchange'),
      user: of('user', 'call'),
      userSigning: of('user', 'exchange'),
      temporary: of('temporary', 'call'),
      anonymous: of('anonymous', 'call'),
    };
  };
  const all = (code: DfnsErrorCode) => ({
    ...{ account: code, signing: code, user: code, userSigning: code, temporary: code, anonymous: code },
  });

  it.each<[number, DfnsErrorCode]>([
    [202, 'DFNS_POLICY_PENDING'],
    [300, 'DFNS_MALFORMED_RESPONSE'],
    [399, 'DFNS_MALFORMED_RESPONSE'],
    [400, 'DFNS_BAD_REQUEST'],
    [402, 'DFNS_PLAN_LIMIT'],
    [404, 'DFNS_NOT_FOUND'],
    [409, 'DFNS_CONFLICT'],
    [418, 'DFNS_BAD_REQUEST'],
    [429, 'DFNS_RATE_LIMITED'],
    [499, 'DFNS_BAD_REQUEST'],
    [500, 'DFNS_UNAVAILABLE'],
    [501, 'DFNS_UNAVAILABLE'],
    [599, 'DFNS_UNAVAILABLE'],
  ])('with %i is %s for everybody', (status, code) => {
    expect(codes(status)).toEqual(all(code));
  });

  it('with 401 and 403 depends on whom Dfns asked', () => {
    expect(codes(401)).toEqual({
      ...all('DFNS_USER_UNAUTHORIZED'),
      account: 'DFNS_SERVICE_ACCOUNT_REJECTED',
      signing: 'DFNS_SERVICE_ACCOUNT_REJECTED',
      userSigning: 'DFNS_USER_ACTION_REJECTED',
    });
    expect(codes(403)).toEqual({
      ...all('DFNS_USER_FORBIDDEN'),
      account: 'DFNS_SERVICE_ACCOUNT_FORBIDDEN',
      signing: 'DFNS_SERVICE_ACCOUNT_FORBIDDEN',
    });
  });

  it.each(['Not Authorized.', 'user token is missing or invalid'])('is about the token if it says %j', (message) => {
    expect(codes(401, message)).toMatchObject({
      user: 'DFNS_USER_UNAUTHORIZED',
      userSigning: 'DFNS_USER_UNAUTHORIZED',
      account: 'DFNS_SERVICE_ACCOUNT_REJECTED',
    });
  });

  it.each<[number, string, DfnsErrorCode]>([
    [400, 'User account has been deactivated.', 'DFNS_USER_DEACTIVATED'],
    [401, 'User not found', 'DFNS_USER_NOT_FOUND'],
    [401, 'User already exists.', 'DFNS_USER_EXISTS'],
    [401, 'Credential cannot be used as a recovery factor.', 'DFNS_BAD_REQUEST'],
  ])('with %i "%s" is about the user, and while the service account signs about that', (status, message, code) => {
    expect(codes(status, message)).toEqual({ ...all(code), signing: 'DFNS_SERVICE_ACCOUNT_REJECTED' });
  });

  it.each<[number, string]>([
    [400, 'Challenge token is not valid.'],
    [400, 'user action has already been used'],
    [403, 'user action signature is missing or invalid'],
  ])('with %i "%s" is about the user action, whoever signed', (status, message) => {
    expect(codes(status, message)).toEqual(all('DFNS_USER_ACTION_REJECTED'));
  });

  it('about a missing credential depends on the step', () => {
    expect(codes(401, 'User does not have a credential that can be used for the application.')).toEqual({
      ...all('DFNS_USER_ACTION_REJECTED'),
      account: 'DFNS_USER_NOT_FOUND',
      signing: 'DFNS_SERVICE_ACCOUNT_REJECTED',
    });
  });
});

describe('a request without an answer', () => {
  const operation = 'GET /wallets';
  const error = (failure: TransportFailure, systemCode?: string) =>
    unansweredError(new TransportError(failure, true, systemCode), operation, 250);

  it.each<[TransportFailure, string | undefined, DfnsErrorCode, string, boolean]>([
    ['timeout', undefined, 'DFNS_TIMEOUT', 'GET /wallets was not answered within 250 ms', true],
    ['too-large', undefined, 'DFNS_MALFORMED_RESPONSE', 'the answer to GET /wallets is too large', false],
    ['encoded', undefined, 'DFNS_MALFORMED_RESPONSE', 'the answer to GET /wallets is compressed', false],
    ['no-http', 'HPE_X', 'DFNS_MALFORMED_RESPONSE', 'the answer to GET /wallets is not HTTP (HPE_X)', false],
    ['reset', 'ECONNRESET', 'DFNS_UNAVAILABLE', 'the connection broke during GET /wallets (ECONNRESET)', true],
    ['reset', undefined, 'DFNS_UNAVAILABLE', 'the connection broke during GET /wallets', true],
    ['connect', 'ECONNREFUSED', 'DFNS_UNAVAILABLE', 'no connection to Dfns for GET /wallets (ECONNREFUSED)', true],
  ])('because of %s (%s) is %s', (failure, systemCode, code, message, isDown) => {
    const failed = error(failure, systemCode);
    expect(failed).toMatchObject({ code, operation, message });
    expect(isOutage(failed)).toBe(isDown);
  });

  it.each([
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'UNABLE_TO_GET_ISSUER_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
  ])('because of %s says how to trust the server', (systemCode) => {
    expect(error('connect', systemCode).message).toMatch(
      `(${systemCode}): the certificate of the server is not trusted; if it is of a private authority, give http.agent with its certificate`,
    );
  });

  it.each(['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA'])(
    'because of %s says that the server wants a certificate',
    (systemCode) => {
      expect(error('reset', systemCode).message).toMatch(
        `(${systemCode}): the server does not accept the connection without a client certificate that it knows; give http.agent with it`,
      );
    },
  );

  it.each([
    'XUNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'CERT_HAS_EXPIRED',
    'ERR_SSL_WRONG_VERSION_NUMBER',
    'XERR_SSL_UNKNOWN_CA',
  ])('because of %s gives no advice', (systemCode) => {
    expect(error('connect', systemCode).message).toBe(`no connection to Dfns for GET /wallets (${systemCode})`);
  });

  it('is an outage only if a request was made and Dfns or the network failed', () => {
    expect(isOutage(new DfnsError('DFNS_UNAVAILABLE', 'the circuit is open'))).toBe(false);
    expect(isOutage(new DfnsError('DFNS_CONFLICT', 'no', { operation }))).toBe(false);
    expect(isOutage(new Error('DFNS_UNAVAILABLE'))).toBe(false);
  });
});
