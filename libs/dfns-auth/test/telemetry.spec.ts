// Two describe blocks test a unit of their own: Telemetry, without an instance and with other organisations.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { context as contextApi, metrics, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import {
  DelegatedAuthService,
  type DfnsCallEvent,
  DfnsClient,
  type DfnsStepEvent,
  type DfnsTokenEvent,
} from 'nestjs-dfns-auth';
import { Telemetry } from '../src/telemetry/telemetry.js';
import { leaks, printed } from './support/secret-leaks.js';
import { useSandbox } from './support/use-sandbox.js';

const LOGIN = 'POST /auth/login/delegated';
const STEPS = ['POST /auth/action/init', 'POST /auth/action', LOGIN];
const USERNAME = 'ada.lovelace@example.org';

const world = useSandbox({ users: [USERNAME] });
let context: TestingModule;
let auth: DelegatedAuthService;

async function started(): Promise<void> {
  context = await world.startInstance({ http: { maxAttempts: 2 } });
  auth = context.get(DelegatedAuthService);
}

const unavailable = { kind: 'echo', status: 503 } as const;
const refused = () => auth.login({ username: USERNAME }).catch(() => undefined);

describe('diagnostics channels', () => {
  const events: { call: DfnsCallEvent[]; step: DfnsStepEvent[]; token: DfnsTokenEvent[] } = {
    call: [],
    step: [],
    token: [],
  };
  const listeners = (['call', 'step', 'token'] as const).map((name) => ({
    channel: `nestjs-dfns-auth:${name}`,
    listen: (event: unknown) => void events[name].push(event as never),
  }));

  beforeEach(async () => {
    for (const list of Object.values(events)) list.length = 0;
    for (const { channel, listen } of listeners) subscribe(channel, listen);
    await started();
  });

  afterEach(() => {
    for (const { channel, listen } of listeners) unsubscribe(channel, listen);
  });

  it('get an event for a login and one for each request', async () => {
    await auth.login({ username: USERNAME });
    expect(events.call).toEqual([
      {
        operation: LOGIN,
        outcome: 'ok',
        durationMs: expect.any(Number),
        attempts: 1,
        user: expect.stringMatching(/^[\w-]{22}$/),
      },
    ]);
    expect(events.step.map(({ operation, step, outcome }) => [operation, step, outcome])).toEqual([
      [STEPS[0], 'init', 'ok'],
      [STEPS[1], 'exchange', 'ok'],
      [STEPS[2], 'call', 'ok'],
    ]);
    const [call, ...steps] = [...events.call, ...events.step].map(({ durationMs }) => durationMs);
    expect(call).toBeGreaterThanOrEqual(Math.max(...(steps as number[])));
  });

  it('get the number of attempts and the outcomes', async () => {
    world.sandbox.faults.add({ ...unavailable, on: LOGIN, times: 2 });
    await refused();
    expect(events.call).toMatchObject([{ outcome: 'DFNS_UNAVAILABLE', attempts: 2 }]);
    const failures = events.step.filter(({ outcome }) => outcome !== 'ok');
    expect(failures).toMatchObject([
      { step: 'call', outcome: 'DFNS_UNAVAILABLE', upstreamStatus: 503 },
      { step: 'call', outcome: 'DFNS_UNAVAILABLE', upstreamStatus: 503 },
    ]);
  });

  it('get the source of each token', async () => {
    await Promise.all([auth.getToken(USERNAME), auth.getToken(USERNAME), auth.getToken(USERNAME)]);
    await auth.getToken(USERNAME);
    expect(events.token.map(({ result }) => result)).toEqual(['miss', 'coalesced', 'coalesced', 'hit']);
    expect(new Set([...events.token, ...events.call].map(({ user }) => user)).size).toBe(1);
  });

  it('get no username, no id and no secret', async () => {
    const userToken = await auth.getToken(USERNAME);
    const wallet = world.sandbox.createWallet({ network: 'EthereumSepolia', delegateTo: USERNAME });
    const read = {
      method: 'GET',
      path: `/wallets/${wallet.id}`,
      query: { note: 'private' },
      caller: { userToken },
    } as const;
    await context.get(DfnsClient).request(read);
    world.sandbox.faults.add({ ...unavailable, on: LOGIN, times: 2 });
    await refused();
    expect(events.call.map(({ operation }) => operation)).toContain('GET /wallets/{id}');
    const text = printed(events);
    expect(leaks(text, [...world.sandbox.secrets, USERNAME, 'private', wallet.id])).toEqual([]);
  });

  it('get no attempt for a call that its caller ended before it began', async () => {
    await auth.login({ username: USERNAME }, { signal: AbortSignal.abort() }).catch(() => undefined);
    expect(events.call).toMatchObject([{ outcome: 'DFNS_ABORTED', attempts: 0 }]);
    expect(events.step).toEqual([]);
  });
});

describe('OpenTelemetry', () => {
  const spans = new InMemorySpanExporter();
  const figures = new InMemoryMetricExporter(AggregationTemporality.DELTA);
  const reader = new PeriodicExportingMetricReader({ exporter: figures, exportIntervalMillis: 3_600_000 });
  const meters = new MeterProvider({ readers: [reader] });

  beforeAll(() => {
    contextApi.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }));
    metrics.setGlobalMeterProvider(meters);
  });

  beforeEach(async () => {
    spans.reset();
    await started();
    await reader.forceFlush();
    figures.reset();
  });

  afterAll(async () => {
    await meters.shutdown();
    trace.disable();
    metrics.disable();
    contextApi.disable();
  });

  it('gets a span for the call, and a child span for each request', async () => {
    await auth.login({ username: USERNAME });
    const finished = spans.getFinishedSpans();
    expect(finished.map(({ name, kind }) => [name, kind])).toEqual([
      ...STEPS.map((step) => [`dfns ${step}`, SpanKind.CLIENT]),
      [`dfns ${LOGIN}`, SpanKind.INTERNAL],
    ]);
    const call = finished.at(-1);
    expect(call?.attributes).toMatchObject({ 'dfns.operation': LOGIN, 'dfns.outcome': 'ok', 'dfns.attempts': 1 });
    expect(finished.slice(0, 3).map((span) => span.parentSpanContext?.spanId)).toEqual(
      Array(3).fill(call?.spanContext().spanId),
    );
  });

  it('gets the code of a failure, and no text of Dfns', async () => {
    world.sandbox.faults.add({ ...unavailable, on: LOGIN, times: 2 });
    await refused();
    const failed = spans.getFinishedSpans().filter(({ status }) => status.code === SpanStatusCode.ERROR);
    expect(failed.map(({ status }) => status.message)).toEqual(Array(3).fill('DFNS_UNAVAILABLE'));
    expect(failed[0]?.attributes).toMatchObject({ 'dfns.step': 'call', 'http.response.status_code': 503 });
    const told = spans
      .getFinishedSpans()
      .map(({ name, attributes, status, events }) => ({ name, attributes, status, events }));
    expect(leaks(printed(told), [...world.sandbox.secrets, USERNAME])).toEqual([]);
    expect(printed(told)).not.toContain('Rejected');
  });

  it('counts calls by outcome, durations, retries, and tokens by source', async () => {
    await auth.getToken(USERNAME);
    await auth.getToken(USERNAME);
    world.sandbox.faults.add({ ...unavailable, on: LOGIN, times: 2 });
    await refused();
    await reader.forceFlush();
    const points = figures
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics)
      .flatMap((scope) => scope.metrics)
      .flatMap(({ descriptor, dataPoints }) =>
        dataPoints.map(({ attributes, value }) => ({
          name: descriptor.name,
          attributes,
          value: value as { count: number },
        })),
      );
    const value = (name: string, attributes: object) =>
      points.find(
        (point) => point.name === name && Object.entries(attributes).every(([key, is]) => point.attributes[key] === is),
      )?.value;
    const operation = { 'dfns.operation': LOGIN };
    expect(value('dfns.call.duration', { ...operation, 'dfns.outcome': 'ok' })).toMatchObject({ count: 1 });
    expect(value('dfns.call.duration', { ...operation, 'dfns.outcome': 'DFNS_UNAVAILABLE' })).toMatchObject({
      count: 1,
    });
    expect(value('dfns.step.duration', { ...operation, 'dfns.outcome': 'DFNS_UNAVAILABLE' })).toMatchObject({
      count: 2,
    });
    expect(value('dfns.call.retries', operation)).toBe(1);
    expect(value('dfns.token.lookups', { 'dfns.token.result': 'miss' })).toBe(1);
    expect(value('dfns.token.lookups', { 'dfns.token.result': 'hit' })).toBe(1);
    expect(points.some(({ attributes }) => 'dfns.user' in attributes)).toBe(false);
  });
});

describe('pseudonyms', () => {
  it('differ by user and by organisation', () => {
    const users: string[] = [];
    const listen = (event: unknown) => void users.push((event as DfnsTokenEvent).user);
    subscribe('nestjs-dfns-auth:token', listen);
    for (const orgId of ['or-1', 'or-2', undefined]) {
      for (const username of ['ada', 'grace', 'ada']) new Telemetry(undefined, orgId).token('hit', username);
    }
    unsubscribe('nestjs-dfns-auth:token', listen);
    expect(new Set(users).size).toBe(6);
    expect(users[0]).toBe(users[2]);
  });
});

describe('without a listener', () => {
  it('Telemetry makes the call, and creates no event', async () => {
    const telemetry = new Telemetry(undefined);
    const call = () => Promise.resolve('result');
    const attempts = () => {
      throw new Error('nobody listens');
    };
    await expect(telemetry.call({ operation: LOGIN, attempts }, call)).resolves.toBe('result');
    await expect(telemetry.step(LOGIN, 'call', call)).resolves.toBe('result');
  });
});
