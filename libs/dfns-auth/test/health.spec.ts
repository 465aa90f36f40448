import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ServiceUnavailableException } from '@nestjs/common';
import { HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { Test, type TestingModule } from '@nestjs/testing';
import { DfnsSandbox } from 'dfns-sandbox';
import { DelegatedAuthService, DfnsHealthIndicator, type ServiceAccountOptions } from 'nestjs-dfns-auth';
import { leaks, printed } from './hostile/printed.js';
import { optionsFor, startWith } from './registered.js';

const DAY_MS = 86_400_000;

let sandbox: DfnsSandbox;
let context: TestingModule;
let now = Date.now();

beforeAll(async () => {
  sandbox = await DfnsSandbox.start();
  sandbox.createUser({ username: 'ada' });
});

afterEach(async () => {
  now = Date.now();
  await context.close();
});

afterAll(() => sandbox.stop());

async function indicator(serviceAccount?: ServiceAccountOptions): Promise<DfnsHealthIndicator> {
  const more = { http: { maxAttempts: 1 }, ...(serviceAccount && { serviceAccount }) };
  context = await startWith(sandbox, more, () => now);
  return context.get(DfnsHealthIndicator);
}

async function breakCircuit(): Promise<void> {
  sandbox.faults.add({ kind: 'status', status: 503, on: 'POST /auth/action/init', times: 10 });
  const auth = context.get(DelegatedAuthService);
  for (let i = 0; i < 10; i += 1) await auth.login({ username: 'ada' }).catch(() => undefined);
}

describe('the health of a registration', () => {
  it('is up, says when the token ends, asks Dfns nothing, and shows no secret', async () => {
    const health = await indicator();
    const from = sandbox.requests.length;
    const result = await health.check('wallets');
    expect(result).toEqual({
      wallets: { status: 'up', circuit: 'closed', tokenExpiresAt: expect.stringMatching(/Z$/) },
    });
    expect(sandbox.requests).toHaveLength(from);
    expect(leaks(printed(result), sandbox.secrets)).toEqual([]);
  });

  it('is down while the circuit is open', async () => {
    const health = await indicator();
    await breakCircuit();
    expect(await health.check()).toMatchObject({ dfns: { status: 'down', circuit: 'open' } });
  });

  it('is down when the token of the service account has ended', async () => {
    const health = await indicator();
    now += 800 * DAY_MS;
    const { dfns } = await health.check();
    expect(dfns).toMatchObject({ status: 'down', circuit: 'closed', problem: expect.stringContaining('expired') });
  });

  it('is down when the token cannot be fetched, and tells nothing of what the function said', async () => {
    const { serviceAccount } = optionsFor(sandbox);
    let works = true;
    const authToken = () => {
      if (works) return serviceAccount.authToken as string;
      throw new Error(`could not be read: ${serviceAccount.authToken}`);
    };
    const health = await indicator({ authToken, credential: serviceAccount.credential });
    works = false;
    const result = await health.check();
    expect(result).toMatchObject({ dfns: { status: 'down', problem: expect.stringContaining('authToken') } });
    expect(leaks(printed(result), sandbox.secrets)).toEqual([]);
  });

  it('fits terminus', async () => {
    const health = await indicator();
    const terminus = await Test.createTestingModule({ imports: [TerminusModule.forRoot({ logger: false })] }).compile();
    const checks = terminus.get(HealthCheckService);
    expect(await checks.check([() => health.check()])).toMatchObject({
      status: 'ok',
      details: { dfns: { status: 'up' } },
    });
    await breakCircuit();
    await expect(checks.check([() => health.check()])).rejects.toBeInstanceOf(ServiceUnavailableException);
    await terminus.close();
  });
});
