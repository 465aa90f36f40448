import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Fault } from 'dfns-sandbox';
import { DfnsApiError, DfnsError, type DfnsErrorCode, type HttpOptions, toHttpException } from 'nestjs-dfns-auth';
import { processResources, processResourcesAfter } from './support/process-resources.js';
import { leaks, printed } from './support/secret-leaks.js';
import { CALLS, type CallName, operationOf, STEPS, type StepName, UpstreamCalls } from './support/upstream-calls.js';
import { useSandbox } from './support/use-sandbox.js';

const DEADLINE_MS = 5_000;
const ATTEMPTS = 2;
/** For faults that last until the end of an attempt. */
const HASTY: HttpOptions = { attemptTimeoutMs: 250, deadlineMs: DEADLINE_MS, maxAttempts: ATTEMPTS };
/** For all other faults. Their results must not depend on the speed of this machine. */
const PATIENT: HttpOptions = { attemptTimeoutMs: DEADLINE_MS, deadlineMs: DEADLINE_MS, maxAttempts: ATTEMPTS };

/** A fault without its place. Each type of the union loses the members `on` and `times`. */
type FaultKind = Fault extends infer F ? (F extends Fault ? Omit<F, 'on' | 'times'> : never) : never;

/**
 * Which failures the library answers with another attempt. After an `outage` it makes one, except when the write may have
 * happened or the signature of the user is used. After a `limit` (429) nothing has happened, so only a used signature
 * prevents another attempt. After a `refusal` it never makes one.
 */
type Nature = 'outage' | 'limit' | 'refusal';

interface Row {
  fault: FaultKind;
  nature: Nature | ((call: CallName, step: StepName) => Nature);
  code: DfnsErrorCode | ((call: CallName, step: StepName) => DfnsErrorCode);
  http?: HttpOptions;
  /** The steps and calls in which the fault is a fault. */
  only?: (call: CallName, step: StepName) => boolean;
}

function isRepeated(nature: Nature, call: CallName, step: StepName): boolean {
  if (nature === 'refusal') return false;
  if (call === 'login' || step === 'init') return true;
  return call === 'registration' && (step === 'exchange' || nature === 'limit');
}

/** Only a write can have happened, only if its last step was sent, and only if Dfns did not refuse it. */
function mayHaveHappened(call: CallName, step: StepName, fault: FaultKind): boolean {
  const isRefused = 'status' in fault && fault.status !== undefined && fault.status >= 400 && fault.status < 500;
  return call !== 'login' && step === 'call' && !isRefused;
}

/** The requests that Dfns must receive: the steps up to the fault, once for each attempt. */
function expectedCalls(nature: Nature, call: CallName, step: StepName): string[] {
  const once = STEPS.slice(0, STEPS.indexOf(step) + 1).map((each) => operationOf(call, each));
  return isRepeated(nature, call, step) ? [...once, ...once] : once;
}

const json = (body: string): FaultKind => ({ kind: 'status', status: 200, body });
const unusable = (fault: FaultKind): Row => ({ fault, nature: 'refusal', code: 'DFNS_MALFORMED_RESPONSE' });
const outage = (fault: FaultKind): Row => ({ fault, nature: 'outage', code: 'DFNS_UNAVAILABLE' });
const silence = (fault: FaultKind): Row => ({ fault, nature: 'outage', code: 'DFNS_TIMEOUT', http: HASTY });
const echo = (status: number, code: Row['code'], nature: Row['nature'] = 'refusal'): Row => ({
  fault: { kind: 'echo', status },
  nature,
  code,
});

const isUser = (call: CallName) => call === 'user-signed action';

const world = useSandbox({ users: ['grace'] });
const elsewhere = useSandbox({ users: ['grace', 'ada'] });
const here = () => `${world.sandbox.url}/wallets`;
const there = () => `${elsewhere.sandbox.url}/wallets`;

const ROWS: Record<string, Row | (() => Row)> = {
  'hang before headers': silence({ kind: 'hang' }),
  'hang in the middle of the body': silence({ kind: 'hang', when: 'body' }),
  'one byte a second': silence({ kind: 'slow', bytesPerSecond: 1 }),
  'reset before the request is read': outage({ kind: 'reset' }),
  'reset after the request was carried out': outage({ kind: 'reset', when: 'after' }),
  'reset in the middle of the body': outage({ kind: 'reset', when: 'body' }),
  'truncated body': outage({ kind: 'truncate' }),
  'a page of HTML with 502': outage({ kind: 'html' }),
  'an empty 503': outage({ kind: 'status', status: 503, body: '' }),
  '100 MiB': unusable({ kind: 'huge' }),
  'a gzip bomb': unusable({ kind: 'huge', gzip: true }),
  'a page of HTML with 200': unusable({ kind: 'html', status: 200 }),
  '204': unusable({ kind: 'status', status: 204, body: '' }),
  'an empty 200': unusable(json('')),
  // The client does not know the answer of a call that the application chose. It accepts any object.
  '{}': { ...unusable(json('{}')), only: (call, step) => !isUser(call) || step !== 'call' },
  null: unusable(json('null')),
  '[]': unusable(json('[]')),
  'a string': unusable(json('"text"')),
  'half a JSON': unusable(json('{"token":')),
  'a wrong content type': unusable({ kind: 'status', status: 200, body: '{"token":"x"}', contentType: 'text/plain' }),
  ...Object.fromEntries(
    [301, 302, 303, 307, 308].flatMap((status) => [
      [`${status} to the same host`, () => unusable({ kind: 'redirect', status, location: here() })],
      [`${status} to another host`, () => unusable({ kind: 'redirect', status, location: there() })],
    ]),
  ),
  '401 that echoes': echo(
    401,
    (call, step) => {
      // The library replaces a refused token by a login. The first request of the login meets the fault again.
      if (!isUser(call) || step === 'init') return 'DFNS_SERVICE_ACCOUNT_REJECTED';
      return step === 'exchange' ? 'DFNS_USER_ACTION_REJECTED' : 'DFNS_USER_UNAUTHORIZED';
    },
    (call, step) => (isUser(call) && step === 'init' ? 'outage' : 'refusal'),
  ),
  '403 that echoes': echo(403, (call) => (isUser(call) ? 'DFNS_USER_FORBIDDEN' : 'DFNS_SERVICE_ACCOUNT_FORBIDDEN')),
  '404 that echoes': echo(404, 'DFNS_NOT_FOUND'),
  '409 that echoes': echo(409, 'DFNS_CONFLICT'),
  // The answer allows the next attempt immediately. The message repeats the newest secrets: the kind echo adds no headers.
  '429 that echoes': () => ({
    fault: {
      kind: 'status',
      status: 429,
      message: world.sandbox.secrets.slice(-20).join(),
      headers: { 'retry-after': '0' },
    },
    nature: 'limit',
    code: 'DFNS_RATE_LIMITED',
  }),
  '500 that echoes': echo(500, 'DFNS_UNAVAILABLE', 'outage'),
  '503 that echoes': echo(503, 'DFNS_UNAVAILABLE', 'outage'),
  'a token of another user': () => ({
    ...unusable(json(JSON.stringify({ token: world.sandbox.issueUserToken('grace') }))),
    only: (call, step) => !isUser(call) || step !== 'call',
  }),
  'a token of another organisation': () => ({
    ...unusable(json(JSON.stringify({ token: elsewhere.sandbox.issueUserToken('ada') }))),
    only: (call, step) => !isUser(call) || step !== 'call',
  }),
};

/** The contract: the HTTP status of the answer to a client, for each code. */
const ANSWERS: Partial<Record<DfnsErrorCode, number>> = {
  DFNS_MALFORMED_RESPONSE: 502,
  DFNS_UNAVAILABLE: 503,
  DFNS_RATE_LIMITED: 503,
  DFNS_TIMEOUT: 504,
  DFNS_SERVICE_ACCOUNT_REJECTED: 502,
  DFNS_SERVICE_ACCOUNT_FORBIDDEN: 502,
  DFNS_USER_UNAUTHORIZED: 401,
  DFNS_USER_FORBIDDEN: 403,
  DFNS_USER_ACTION_REJECTED: 403,
  DFNS_NOT_FOUND: 404,
  DFNS_CONFLICT: 409,
};

const instances = new Map<HttpOptions, UpstreamCalls>();

beforeAll(async () => {
  const ada = world.sandbox.createUser({ username: 'ada' });
  for (const http of [HASTY, PATIENT]) {
    instances.set(http, new UpstreamCalls(await world.startInstance({ http }), ada));
  }
});

describe.each(Object.keys(ROWS))('%s', (name) => {
  const cells = CALLS.flatMap((call) => STEPS.map((step) => ({ call, step })));

  it.each(cells)('at the $step of a $call', async ({ call, step }) => {
    const given = ROWS[name] as Row | (() => Row);
    const { fault, nature, code, http = PATIENT, only = () => true } = typeof given === 'function' ? given() : given;
    const calls = instances.get(http) as UpstreamCalls;
    const works = () => calls.run(call);
    await works();
    const before = processResources();
    const seen = world.sandbox.requests.length;
    const elsewhereSeen = elsewhere.sandbox.requests.length;
    world.sandbox.faults.add({ ...fault, on: operationOf(call, step), times: ATTEMPTS } as Fault);

    const startedAt = performance.now();
    const outcome = await calls.run(call).then(
      () => 'ok',
      (error: unknown) => error,
    );
    const tookMs = performance.now() - startedAt;
    world.sandbox.faults.clear();

    expect(tookMs).toBeLessThan(DEADLINE_MS);
    expect(elsewhere.sandbox.requests).toHaveLength(elsewhereSeen);
    if (only(call, step)) {
      const kind = typeof nature === 'function' ? nature(call, step) : nature;
      expect(world.operations(seen)).toEqual(expectedCalls(kind, call, step));
      expectTyped(outcome, typeof code === 'function' ? code(call, step) : code, operationOf(call, step));
      expect(outcome).toMatchObject({ mayHaveHappened: mayHaveHappened(call, step, fault) });
    } else {
      expect(world.operations(seen)).toEqual(STEPS.slice(0, 3).map((each) => operationOf(call, each)));
    }
    const after = await processResourcesAfter(before);
    expect(after.sockets).toBeLessThanOrEqual(before.sockets);
    expect(after.timers).toBeLessThanOrEqual(before.timers);
    await works();
  });
});

function expectTyped(error: unknown, code: DfnsErrorCode, operation: string): void {
  expect(error).toBeInstanceOf(DfnsError);
  expect(error).toMatchObject({ code, operation });
  if (error instanceof DfnsApiError && error.upstreamStatus >= 300)
    expect(error.message).toContain(String(error.upstreamStatus));
  const exception = toHttpException(error as DfnsError);
  expect(exception.getStatus()).toBe(ANSWERS[code]);
  expect(leaks(printed(error) + printed(exception) + printed(exception.getResponse()), world.sandbox.secrets)).toEqual(
    [],
  );
}
