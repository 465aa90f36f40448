import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { DfnsSandbox } from 'dfns-sandbox';
import { DelegatedAuthService } from 'nestjs-dfns-auth';
import { startWith } from './registered.js';

const LOGIN = 'POST /auth/login/delegated';
const SECOND = 1_000;
const OTHER_ORG = 'or-aaaaa-bbbbb-cccccccccccccccc';

/** A token as Dfns may send one, with these claims. */
function tokenWith(claims: object): string {
  return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`;
}

let sandbox: DfnsSandbox;
let context: TestingModule;
let service: DelegatedAuthService;
let now: number;

beforeAll(async () => {
  sandbox = await DfnsSandbox.start();
});
afterAll(() => sandbox.stop());

beforeEach(() => {
  now = Date.now();
});
afterEach(async () => {
  sandbox.faults.clear();
  await context.close();
});

async function started(more: object = {}): Promise<void> {
  context = await startWith(sandbox, { tokens: { defaultLifetimeMs: 40 * SECOND }, ...more }, () => now);
  service = context.get(DelegatedAuthService);
}

/** From now on Dfns answers every login with this. */
function answerLoginsWith(body: object): void {
  sandbox.faults.add({ on: LOGIN, times: Number.POSITIVE_INFINITY, kind: 'status', status: 200, body });
}

const logins = () => sandbox.requests.filter(({ method, path }) => `${method} ${path}` === LOGIN).length;

const metadata = (orgId = sandbox.orgId) => ({ 'https://custom/app_metadata': { orgId } });

describe('the answer to a login', () => {
  it.each([
    ['no token', () => ({}), 'no token'],
    ['a number', () => ({ token: 7 }), 'no token'],
    ['an empty token', () => ({ token: '' }), 'no token'],
    ['a token of two lines', () => ({ token: `${tokenWith(metadata())}\nX-Evil: 1` }), 'no token'],
    ['a token that begins with a space', () => ({ token: ` ${tokenWith(metadata())}` }), 'no token'],
    ['an opaque token', () => ({ token: 'opaque' }), 'a token of another organisation'],
    ['a token without organisation', () => ({ token: tokenWith({}) }), 'a token of another organisation'],
    ["another organisation's", () => ({ token: tokenWith(metadata(OTHER_ORG)) }), 'a token of another organisation'],
    [
      "another user's",
      () => ({ token: tokenWith({ ...metadata(), 'https://custom/username': 'Ada' }) }),
      'a token of another user',
    ],
  ])('is refused when it holds %s', async (_, body, problem) => {
    await started();
    answerLoginsWith(body());
    await expect(service.login({ username: 'ada' })).rejects.toMatchObject({
      code: 'DFNS_MALFORMED_RESPONSE',
      message: `the answer to ${LOGIN} holds ${problem}`,
    });
  });

  it.each([
    ['without a name', () => ({ ...metadata() })],
    ['with the name', () => ({ ...metadata(), 'https://custom/username': 'ada' })],
  ])('is taken with a token %s', async (_, claims) => {
    await started();
    answerLoginsWith({ token: tokenWith(claims()) });
    await expect(service.login({ username: 'ada' })).resolves.toEqual({ token: tokenWith(claims()) });
  });

  it.each([
    ['an opaque token', () => 'opaque'],
    ['a token of any organisation', () => tokenWith(metadata())],
  ])('may hold %s where no organisation is configured', async (_, token) => {
    await started({ orgId: undefined });
    answerLoginsWith({ token: token() });
    await expect(service.getToken('ada')).resolves.toBe(token());
  });
});

describe('a token is served', () => {
  /** Whether it is still served after `ms`. */
  async function isServedAfter(ms: number): Promise<boolean> {
    const before = logins();
    now += ms;
    await service.getToken('ada');
    return logins() === before;
  }

  // Of a lifetime of 40 seconds, 30 are served.
  it.each([
    ['tells nothing', {}],
    ['tells only its end', { exp: 1_000_100 }],
    ['tells only its beginning', { iat: 1_000_000 }],
    ['ends as it begins', { iat: 1_000_000, exp: 1_000_000 }],
    ['ends before it begins', { iat: 1_000_000, exp: 999_999 }],
    ['tells nonsense', { iat: '1000000', exp: null }],
  ])('for the default lifetime when it %s', async (_, times) => {
    await started();
    answerLoginsWith({ token: tokenWith({ ...metadata(), ...times }) });
    await service.getToken('ada');
    expect(await isServedAfter(19 * SECOND)).toBe(true);
    expect(await isServedAfter(11 * SECOND)).toBe(false);
  });

  it('for three quarters of a minute, when it lives one, and refreshed from half of it on', async () => {
    await started();
    answerLoginsWith({ token: tokenWith({ ...metadata(), iat: 1_000_000, exp: 1_000_060 }) });
    await service.getToken('ada');
    const first = logins();
    now += 30 * SECOND - 1;
    await service.getToken('ada');
    // A refresh would have been asked for before this login of somebody else ended.
    await service.getToken('grace').catch(() => undefined);
    expect(logins()).toBe(first + 1);
    now += 1;
    await service.getToken('ada');
    await service.getToken('alan').catch(() => undefined);
    expect(logins()).toBe(first + 3);
  });
});
