import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Test, type TestingModule } from '@nestjs/testing';
import { DfnsSandbox } from 'dfns-sandbox';
import { DelegatedAuthService, DfnsAuthModule } from 'nestjs-dfns-auth';
import { DelegatedLogin } from '../src/tokens/delegated-login.js';
import { optionsFor } from './registered.js';

/** `TEST_USERNAMES=1000000` for the whole of it, which takes a minute. */
const USERNAMES = Number(process.env['TEST_USERNAMES'] ?? 60_000);
const MAX_ENTRIES = 1_000;
const MEGABYTE = 1_048_576;

let sandbox: DfnsSandbox;
let context: TestingModule;
let service: DelegatedAuthService;
let logins = 0;

beforeAll(async () => {
  sandbox = await DfnsSandbox.start();
  const options = optionsFor(sandbox, { tokens: { maxEntries: MAX_ENTRIES } });
  // So many logins only fit into a test without Dfns; everything above them is real.
  const login = async (username: string) => {
    logins += 1;
    return `${username}.${'x'.repeat(1_000)}`;
  };
  context = await Test.createTestingModule({ imports: [DfnsAuthModule.forRoot(options)] })
    .overrideProvider(DelegatedLogin)
    .useValue({ login })
    .compile();
  service = context.get(DelegatedAuthService);
});

afterAll(async () => {
  await context.close();
  await sandbox.stop();
});

async function logInUsers(from: number, to: number): Promise<void> {
  for (let i = from; i < to; i += 500) {
    await Promise.all(Array.from({ length: Math.min(500, to - i) }, (_, j) => service.getToken(`user-${i + j}`)));
  }
}

function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}

const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

it('keeps memory and timers at the bound, however many usernames come', async () => {
  await logInUsers(0, 10_000);
  const [heap, ticking] = [heapUsed(), timers()];
  await logInUsers(10_000, 10_000 + USERNAMES);
  expect(logins).toBe(10_000 + USERNAMES);
  expect((heapUsed() - heap) / MEGABYTE).toBeLessThan(2);
  expect(timers()).toBeLessThanOrEqual(ticking);
  // The bound is no smaller than it says either.
  await logInUsers(10_000 + USERNAMES - MAX_ENTRIES, 10_000 + USERNAMES);
  expect(logins).toBe(10_000 + USERNAMES);
}, 120_000);
