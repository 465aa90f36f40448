import { type DynamicModule, Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { DfnsSandbox } from 'dfns-sandbox';
import { DfnsAuthModule, type DfnsAuthModuleOptions } from 'nestjs-dfns-auth';
import { type Clock, DFNS_CLOCK } from '../src/config/config.js';

/** Options of a fresh service account of `sandbox`. */
export function optionsFor(sandbox: DfnsSandbox, more: Partial<DfnsAuthModuleOptions> = {}): DfnsAuthModuleOptions {
  const { authToken, credId, privateKey } = sandbox.createServiceAccount({});
  return {
    baseUrl: sandbox.url,
    orgId: sandbox.orgId,
    serviceAccount: { authToken, credential: { credId, privateKey: privateKey as string } },
    ...more,
  };
}

/** A started Nest context with the module registered; `now` drives its clock. */
export async function start(registration: DynamicModule, now: Clock = () => Date.now()): Promise<TestingModule> {
  @Module({ imports: [registration] })
  class Application {}
  const context = await Test.createTestingModule({ imports: [Application] })
    .overrideProvider(DFNS_CLOCK)
    .useValue(now)
    .compile();
  return context.init();
}

/** {@link start} against `sandbox`. */
export function startWith(
  sandbox: DfnsSandbox,
  more: Partial<DfnsAuthModuleOptions> = {},
  now?: Clock,
): Promise<TestingModule> {
  return start(DfnsAuthModule.forRoot(optionsFor(sandbox, more)), now);
}

/** `METHOD /path` of what the sandbox received, from index `from`. */
export function operations(sandbox: DfnsSandbox, from = 0): string[] {
  return sandbox.requests.slice(from).map(({ method, path }) => `${method} ${path}`);
}
