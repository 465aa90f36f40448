import { beforeEach, describe, expect, it } from '@jest/globals';
import { ServiceUnavailableException } from '@nestjs/common';
import { HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { Test, type TestingModule } from '@nestjs/testing';
import { DelegatedAuthService, DfnsHealthIndicator, type ServiceAccountOptions } from 'nestjs-dfns-auth';
import { optionsFor } from './support/library-instance.js';
import { leaks, printed } from './support/secret-leaks.js';
import { useSandbox } from './support/use-sandbox.js';

const DAY_MS = 86_400_000;

let now: number;
const world = useSandbox({ users: ['ada'] });
let context: TestingModule;

beforeEach(() => {
  now = Date.now();
});

async function indicator(serviceAccount?: ServiceAccountOptions): Promise<DfnsHealthIndicator> {
  const more = { http: { maxAttempts: 1 }, ...(serviceAccount && { serviceAccount }) };
  context = await world.startInstance(more, () => now);
  return context.get(DfnsHealthIndicator);
}

async function breakCircuit(): Promise<void> {
  world.sandbox.faults.add({ kind: 'status', status: 503, on: 'POST /auth/action/init', times: 10 });
  const auth = context.get(DelegatedAuthService);
  for (let i = 0; i < 10; i += 1) await auth.login({ username: 'ada' }).catch(() => undefined);
}

describe('the health of an instance', () => {
  it('is up, contains the end of the token and no secret, and needs no request', async () => {
    const health = await indicator();
    const from = world.sandbox.requests.length;
    const result = await health.check('wallets');
    expect(result).toEqual({
      wallets: { status: 'up', circuit: 'closed', tokenExpiresAt: expect.stringMatching(/Z$/) },
    });
    expect(world.sandbox.requests).toHaveLength(from);
    expect(leaks(printed(result), world.sandbox.secrets)).toEqual([]);
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

  it('is down when the function of the token fails, and contains no text of its error', async () => {
    const { serviceAccount } = optionsFor(world.sandbox);
    let works = true;
    const authToken = () => {
      if (works) return serviceAccount.authToken as string;
      throw new Error(`could not be read: ${serviceAccount.authToken}`);
    };
    const health = await indicator({ authToken, credential: serviceAccount.credential });
    works = false;
    const result = await health.check();
    expect(result).toMatchObject({ dfns: { status: 'down', problem: expect.stringContaining('authToken') } });
    expect(leaks(printed(result), world.sandbox.secrets)).toEqual([]);
  });

  it('works with terminus', async () => {
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
