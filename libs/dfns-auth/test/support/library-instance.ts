import { type DynamicModule, Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import type { DfnsSandbox } from 'dfns-sandbox';
import { type Clock, DFNS_CLOCK, type DfnsAuthModuleOptions } from 'nestjs-dfns-auth';

/** Creates a service account in the sandbox. Returns the options of an instance that uses it. */
export function optionsFor(sandbox: DfnsSandbox, more: Partial<DfnsAuthModuleOptions> = {}): DfnsAuthModuleOptions {
  const { authToken, credId, privateKey } = sandbox.createServiceAccount({});
  return {
    baseUrl: sandbox.url,
    orgId: sandbox.orgId,
    serviceAccount: { authToken, credential: { credId, privateKey: privateKey as string } },
    ...more,
  };
}

/** Starts a Nest application context that imports the module. The library in it reads the time from `now`. */
export async function startInstance(module: DynamicModule, now: Clock = () => Date.now()): Promise<TestingModule> {
  @Module({ imports: [module] })
  class Application {}
  const context = await Test.createTestingModule({ imports: [Application] })
    .overrideProvider(DFNS_CLOCK)
    .useValue(now)
    .compile();
  return context.init();
}
