// A unit of its own: these readers must survive every text, and most texts cannot be sent through a whole call.
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import fc from 'fast-check';
import { DelegatedAuthService, DFNS_ERROR_CODES, DfnsApiError, DfnsClient, DfnsError } from 'nestjs-dfns-auth';
import { type Answer, readErrorEnvelope, readJsonObject, readRetryAfter } from '../src/http/answer.js';
import { refusalCode } from '../src/http/failures.js';
import { operationTemplate } from '../src/telemetry/telemetry.js';
import { leaks, printed } from './support/secret-leaks.js';
import { useSandbox } from './support/use-sandbox.js';

const JSON_TYPE = 'application/json; charset=utf-8';
const answer = (text: string | Buffer, headers: Answer['headers'] = { 'content-type': JSON_TYPE }): Answer => ({
  status: 200,
  headers,
  bytes: Buffer.from(text as string),
});

describe('the JSON of an answer', () => {
  it.each([
    'application/json',
    'Application/JSON;charset=UTF-8',
    'application/problem+json',
    'application/vnd.dfns.v1+json',
  ])('is read from %s', (type) => {
    expect(readJsonObject(answer('{"a":1}', { 'content-type': type }))).toEqual({ a: 1 });
  });

  it.each([
    '',
    'text/plain',
    'text/html',
    'application/jsonp',
    'application/json5',
    'text/json; application/json',
    'application/x-json',
  ])('is not read from "%s"', (type) => {
    expect(readJsonObject(answer('{"a":1}', { 'content-type': type }))).toBeUndefined();
  });

  it.each([
    '{"a":1,"__proto__":{"admin":true}}',
    '{"a":1,"\\u005f_proto__":{"admin":true}}',
    '{"a":1,"__\\u0070roto__":{"admin":true}}',
    '{"a":1,"__prot\\u006F__":{"admin":true}}',
    '{"a":1,"b":[{"__proto__":{"admin":true}}]}',
  ])('cannot give an object another prototype: %s', (text) => {
    const json = readJsonObject(answer(text)) as Record<string, unknown>;
    const copy = Object.assign({}, json, ...((json['b'] as object[]) ?? []));
    expect(copy.admin).toBeUndefined();
    expect(json['a']).toBe(1);
    expect(JSON.stringify(json)).not.toContain('admin');
  });

  it('is read only from correct UTF-8, with or without a byte order mark', () => {
    const text = Buffer.from('{"a":"é"}');
    expect(readJsonObject(answer(text))).toEqual({ a: 'é' });
    expect(readJsonObject(answer(Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), text])))).toEqual({ a: 'é' });
    expect(readJsonObject(answer(Buffer.from('{"a":"\xe9"}', 'latin1')))).toBeUndefined();
    expect(readJsonObject(answer(text, {}))).toBeUndefined();
  });

  it('equals the result of JSON.parse without the members named __proto__', () => {
    const withoutProto = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(withoutProto);
      if (typeof value !== 'object' || value === null) return value;
      const members = Object.entries(value).filter(([name]) => name !== '__proto__');
      return Object.fromEntries(members.map(([name, member]) => [name, withoutProto(member)]));
    };
    fc.assert(
      fc.property(fc.object({ maxDepth: 3 }), (value) => {
        const text = JSON.stringify(value);
        expect(readJsonObject(answer(text))).toEqual(withoutProto(JSON.parse(text)));
      }),
    );
  });

  it('is an object or undefined', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const json = readJsonObject(answer(text));
        expect(json === undefined || Object.prototype.toString.call(json) === '[object Object]').toBe(true);
      }),
    );
  });
});

describe('the envelope of an error', () => {
  it.each([
    [{ error: { id: '123', message: 'a', status: 400 } }, { message: 'a', errorId: '123' }],
    [{ error: { message: 'a' } }, { message: 'a' }],
    [{ message: 'a' }, { message: 'a' }],
    [{ message: 'a', error: 'Bad Request' }, { message: 'a' }],
    [{ error: { id: 123, message: { deep: 1 } } }, { message: '' }],
    [{ error: { id: '1'.repeat(41), message: 'a' } }, { message: 'a' }],
    [{ error: { id: 'eyJhbGciOi', message: 'a' } }, { message: 'a' }],
    [{}, { message: '' }],
  ])('%j', (body, envelope) => {
    expect(readErrorEnvelope(answer(JSON.stringify(body)))).toEqual(envelope);
  });

  it('never throws, and contains only a text and digits', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), fc.constantFrom(JSON_TYPE, 'text/html'), (body, type) => {
        const { message, errorId = '1' } = readErrorEnvelope(answer(body, { 'content-type': type }));
        expect(typeof message).toBe('string');
        expect(errorId).toMatch(/^\d{1,40}$/);
      }),
    );
  });
});

describe('the time of the next attempt', () => {
  const NOW = Date.parse('2026-01-02T03:04:05Z');
  const after = (headers: Answer['headers']) => readRetryAfter(answer('', headers), NOW);

  it.each([
    [{ 'retry-after': '7' }, 7_000],
    [{ 'retry-after': '0.25' }, 250],
    [{ 'retry-after': '-7' }, 0],
    [{ 'retry-after': '86401' }, 86_400_000],
    [{ 'retry-after': 'Fri, 02 Jan 2026 03:04:35 GMT' }, 30_000],
    [{ 'retry-after': 'Fri, 02 Jan 2026 03:04:00 GMT' }, 0],
    [{ 'retry-after': 'Fri, 02 Jan 2026 03:04:35 GMT', date: 'Fri, 02 Jan 2026 03:04:25 GMT' }, 10_000],
    [{ 'retry-after': '3', 'x-ratelimit-reset': String(NOW / 1000 + 9) }, 3_000],
    [{ 'retry-after': 'soon', 'x-ratelimit-reset': String(NOW / 1000 + 9) }, 9_000],
    [{ 'x-ratelimit-reset': String(NOW / 1000 + 9), date: 'nonsense' }, 9_000],
    [{ 'retry-after': 'soon 5' }, undefined],
    [{ 'retry-after': '1e3' }, undefined],
    [{ 'retry-after': '2026-01-02T03:04:35Z' }, undefined],
    [{ 'retry-after': ['7'] }, undefined],
    [{ 'retry-after': ['Fri, 02 Jan 2026 03:04:35 GMT'] }, undefined],
    [{ 'retry-after': 'on Fri, 02 Jan 2026 03:04:35 GMT' }, undefined],
    [{ 'retry-after': 'Fri, 02 Jan 2026 03:04:35 GMT+1' }, undefined],
    [{}, undefined],
  ])('%j', (headers, expected) => {
    expect(after(headers as Answer['headers'])).toBe(expected);
  });

  it('is a whole number of milliseconds, at most one day, for all headers', () => {
    const header = fc.oneof(
      fc.string(),
      fc.integer().map(String),
      fc.double().map(String),
      fc.date().map((d) => String(d)),
    );
    fc.assert(
      fc.property(header, header, header, (retryAfter, reset, date) => {
        const ms = after({ 'retry-after': retryAfter, 'x-ratelimit-reset': reset, date }) ?? 0;
        expect(Number.isSafeInteger(ms) && ms >= 0 && ms <= 86_400_000).toBe(true);
      }),
    );
  });
});

describe('a refusal', () => {
  it('has a code of the library for every status and text', () => {
    const caller = fc.constantFrom('serviceAccount' as const, 'user' as const, 'temporary' as const);
    const step = fc.constantFrom('init' as const, 'exchange' as const, 'call' as const);
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 999 }), fc.string(), caller, step, (...given) => {
        expect(DFNS_ERROR_CODES).toContain(refusalCode(...given));
      }),
    );
  });
});

describe('the template of an operation', () => {
  it.each([
    ['POST /auth/login/delegated', 'POST /auth/login/delegated'],
    ['GET /wallets/wa-5pfuu-9euek-h0odgb6snva8ph3k', 'GET /wallets/{id}'],
    [
      'POST /wallets/wa-abcde-fghij-klmnopqrstuvwx/signatures/sig-abcde-fghij-klmnopqrstuvwx',
      'POST /wallets/{id}/signatures/{id}',
    ],
    ['PUT /auth/service-accounts/us-6b58p-r53sr-rlrd3l5cj3uc4ome/activate', 'PUT /auth/service-accounts/{id}/activate'],
    ['GET /auth/users/ada%40example.org', 'GET /auth/users/{id}'],
    ['GET /networks/EthereumSepolia', 'GET /networks/{id}'],
    ['GET /', 'GET /{id}'],
  ])('%s is %s', (operation, template) => {
    expect(operationTemplate(operation)).toBe(template);
  });
});

describe('any answer', () => {
  const world = useSandbox({ users: ['ada'] });
  let context: TestingModule;

  beforeAll(async () => {
    context = await world.startInstance({ http: { maxAttempts: 1 } });
  });

  it('to a login becomes a typed error without a secret', async () => {
    // Each answer allows the next request immediately, so that a 429 pauses nothing.
    const more: Record<string, string>[] = [{}, { location: 'http://localhost/' }, { 'x-ratelimit-reset': 'never' }];
    const headers = fc.constantFrom(...more.map((each) => ({ 'retry-after': '-1', ...each })));
    const contentType = fc.constantFrom(JSON_TYPE, 'text/html', '', 'application/octet-stream');
    const step = fc.constantFrom('POST /auth/action/init', 'POST /auth/action', 'POST /auth/login/delegated');
    const status = fc.integer({ min: 200, max: 599 });
    await fc.assert(
      fc.asyncProperty(step, status, contentType, fc.json(), headers, async (on, code, type, body, given) => {
        world.sandbox.faults.add({ kind: 'status', on, status: code, contentType: type, body, headers: given });
        const error = await context
          .get(DelegatedAuthService)
          .login({ username: 'ada' })
          .catch((failure: unknown) => failure);
        world.sandbox.faults.clear();
        expect(error).toBeInstanceOf(DfnsError);
        expect(leaks(printed(error), world.sandbox.secrets)).toEqual([]);
        // A login that succeeds keeps the circuit closed. An open circuit would send no more requests.
        await context.get(DelegatedAuthService).login({ username: 'ada' });
      }),
      { numRuns: 150 },
    );
  });

  it('to a read becomes a JSON object or a typed error', async () => {
    const read = {
      method: 'GET',
      path: '/wallets',
      caller: { userToken: world.sandbox.issueUserToken('ada') },
    } as const;
    await fc.assert(
      fc.asyncProperty(fc.json(), async (body) => {
        world.sandbox.faults.add({ kind: 'status', on: 'GET /wallets', status: 200, body });
        const result = await context
          .get(DfnsClient)
          .request(read)
          .catch((failure: unknown) => failure);
        world.sandbox.faults.clear();
        if (result instanceof DfnsError)
          expect(result).toMatchObject({ code: 'DFNS_MALFORMED_RESPONSE', upstreamStatus: 200 });
        else expect(Object.prototype.toString.call(result)).toBe('[object Object]');
        expect(result instanceof DfnsError).toBe(result instanceof DfnsApiError);
      }),
    );
  });
});
