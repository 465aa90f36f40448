// A unit of its own: the tokens in memory, over a replaced login. A sandbox cannot make so many logins in a test.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Test, type TestingModule } from '@nestjs/testing';
import { DelegatedAuthService, DfnsAuthModule } from 'nestjs-dfns-auth';
import { DelegatedLogin } from '../src/tokens/delegated-login.js';
import { optionsFor } from './support/library-instance.js';
import { useSandbox } from './support/use-sandbox.js';

/** `TEST_USERNAMES=1000000` makes the full test, which takes a minute. */
const USERNAMES = Number(process.env['TEST_USERNAMES'] ?? 10_000);
const MAX_ENTRIES = 1_000;
const MEGABYTE = 1_048_576;

const world = useSandbox();
let context: TestingModule;
let service: DelegatedAuthService;
let logins = 0;

beforeAll(async () => {
  const options = optionsFor(world.sandbox, { tokens: { maxEntries: MAX_ENTRIES } });
  // Only the login is replaced. All other parts are real.
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

afterAll(() => context.close());

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

it('memory and timers stay within the bound for any number of usernames', async () => {
  await logInUsers(0, 10_000);
  const [heap, ticking] = [heapUsed(), timers()];
  await logInUsers(10_000, 10_000 + USERNAMES);
  expect(logins).toBe(10_000 + USERNAMES);
  expect((heapUsed() - heap) / MEGABYTE).toBeLessThan(2);
  expect(timers()).toBeLessThanOrEqual(ticking);
  // The tokens within the bound are still in memory.
  await logInUsers(10_000 + USERNAMES - MAX_ENTRIES, 10_000 + USERNAMES);
  expect(logins).toBe(10_000 + USERNAMES);
}, 120_000);
