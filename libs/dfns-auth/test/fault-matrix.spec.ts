import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { DfnsSandbox, type Fault } from 'dfns-sandbox';
import { DfnsApiError, DfnsError, type DfnsErrorCode, type HttpOptions, toHttpException } from 'nestjs-dfns-auth';
import { leaks, printed } from './hostile/printed.js';
import { resources, resourcesAfter } from './hostile/resources.js';
import { FLOWS, type FlowName, operationOf, STEPS, type StepName, UpstreamFlows } from './hostile/upstream-flows.js';
import { operations, startWith } from './registered.js';

const DEADLINE_MS = 5_000;
const TRIES = 2;
/** For faults that take until the end of an attempt. */
const HASTY: HttpOptions = { attemptTimeoutMs: 250, deadlineMs: DEADLINE_MS, maxAttempts: TRIES };
/** For all others: nothing in them may depend on how fast this machine is. */
const PATIENT: HttpOptions = { attemptTimeoutMs: DEADLINE_MS, deadlineMs: DEADLINE_MS, maxAttempts: TRIES };

/** A fault without its place; the union of faults has to be taken apart for that. */
type FaultKind = Fault extends infer F ? (F extends Fault ? Omit<F, 'on' | 'times'> : never) : never;

/**
 * Which failures are tried again. An `outage` is, except where the write may have happened or the user's signature is
 * spent; a `limit` (429) is before anything happened, so only the user's signature forbids it; a `refusal` never is.
 */
type Nature = 'outage' | 'limit' | 'refusal';

interface Row {
  fault: FaultKind;
  nature: Nature | ((flow: FlowName, step: StepName) => Nature);
  code: DfnsErrorCode | ((flow: FlowName, step: StepName) => DfnsErrorCode);
  http?: HttpOptions;
  /** Steps and flows in which the fault is a fault. */
  only?: (flow: FlowName, step: StepName) => boolean;
}

function isRepeated(nature: Nature, flow: FlowName, step: StepName): boolean {
  if (nature === 'refusal') return false;
  if (flow === 'login' || step === 'init') return true;
  return flow === 'registration' && (step === 'exchange' || nature === 'limit');
}

/** The requests that Dfns has to see: the steps up to the fault, as often as they may be tried. */
function expectedCalls(nature: Nature, flow: FlowName, step: StepName): string[] {
  const once = STEPS.slice(0, STEPS.indexOf(step) + 1).map((each) => operationOf(flow, each));
  return isRepeated(nature, flow, step) ? [...once, ...once] : once;
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

const isUser = (flow: FlowName) => flow === 'user-signed action';

let sandbox: DfnsSandbox;
let elsewhere: DfnsSandbox;
const here = () => `${sandbox.url}/wallets`;
const there = () => `${elsewhere.url}/wallets`;

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
  // The client does not know what a call of the application's own choice answers: any object will do.
  '{}': { ...unusable(json('{}')), only: (flow, step) => !isUser(flow) || step !== 'call' },
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
    (flow, step) => {
      // A kept token that is refused is replaced by a login, whose first request meets the fault again.
      if (!isUser(flow) || step === 'init') return 'DFNS_SERVICE_ACCOUNT_REJECTED';
      return step === 'exchange' ? 'DFNS_USER_ACTION_REJECTED' : 'DFNS_USER_UNAUTHORIZED';
    },
    (flow, step) => (isUser(flow) && step === 'init' ? 'outage' : 'refusal'),
  ),
  '403 that echoes': echo(403, (flow) => (isUser(flow) ? 'DFNS_USER_FORBIDDEN' : 'DFNS_SERVICE_ACCOUNT_FORBIDDEN')),
  '404 that echoes': echo(404, 'DFNS_NOT_FOUND'),
  '409 that echoes': echo(409, 'DFNS_CONFLICT'),
  // Says when to come back, so that nobody waits; and says all secrets but the newest, as nothing else can add a header.
  '429 that echoes': () => ({
    fault: { kind: 'status', status: 429, message: sandbox.secrets.slice(-20).join(), headers: { 'retry-after': '0' } },
    nature: 'limit',
    code: 'DFNS_RATE_LIMITED',
  }),
  '500 that echoes': echo(500, 'DFNS_UNAVAILABLE', 'outage'),
  '503 that echoes': echo(503, 'DFNS_UNAVAILABLE', 'outage'),
  'a token of another user': () => ({
    ...unusable(json(JSON.stringify({ token: sandbox.issueUserToken('grace') }))),
    only: (flow, step) => !isUser(flow) || step !== 'call',
  }),
  'a token of another organisation': () => ({
    ...unusable(json(JSON.stringify({ token: elsewhere.issueUserToken('ada') }))),
    only: (flow, step) => !isUser(flow) || step !== 'call',
  }),
};

/** Statuses of the answers to clients, as the contract has them. */
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

const contexts = new Map<HttpOptions, { context: TestingModule; flows: UpstreamFlows }>();

beforeAll(async () => {
  sandbox = await DfnsSandbox.start();
  elsewhere = await DfnsSandbox.start();
  for (const each of [sandbox, elsewhere]) each.createUser({ username: 'grace' });
  const ada = sandbox.createUser({ username: 'ada' });
  elsewhere.createUser({ username: 'ada' });
  for (const http of [HASTY, PATIENT]) {
    const context = await startWith(sandbox, { http });
    contexts.set(http, { context, flows: new UpstreamFlows(context, ada) });
  }
});

afterAll(async () => {
  for (const { context } of contexts.values()) await context.close();
  await sandbox.stop();
  await elsewhere.stop();
});

describe.each(Object.keys(ROWS))('%s', (name) => {
  const cells = FLOWS.flatMap((flow) => STEPS.map((step) => ({ flow, step })));

  it.each(cells)('at the $step of a $flow', async ({ flow, step }) => {
    const given = ROWS[name] as Row | (() => Row);
    const { fault, nature, code, http = PATIENT, only = () => true } = typeof given === 'function' ? given() : given;
    const { flows } = contexts.get(http) as { flows: UpstreamFlows };
    const works = () => flows.run(flow);
    await works();
    const before = resources();
    const seen = sandbox.requests.length;
    const elsewhereSeen = elsewhere.requests.length;
    sandbox.faults.add({ ...fault, on: operationOf(flow, step), times: TRIES } as Fault);

    const startedAt = performance.now();
    const outcome = await flows.run(flow).then(
      () => 'ok',
      (error: unknown) => error,
    );
    const tookMs = performance.now() - startedAt;
    sandbox.faults.clear();

    expect(tookMs).toBeLessThan(DEADLINE_MS);
    expect(elsewhere.requests).toHaveLength(elsewhereSeen);
    if (only(flow, step)) {
      const kind = typeof nature === 'function' ? nature(flow, step) : nature;
      expect(operations(sandbox, seen)).toEqual(expectedCalls(kind, flow, step));
      expectTyped(outcome, typeof code === 'function' ? code(flow, step) : code, operationOf(flow, step));
    } else {
      expect(operations(sandbox, seen)).toEqual(STEPS.slice(0, 3).map((each) => operationOf(flow, each)));
    }
    const after = await resourcesAfter(before);
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
  expect(leaks(printed(error) + printed(exception) + printed(exception.getResponse()), sandbox.secrets)).toEqual([]);
}
