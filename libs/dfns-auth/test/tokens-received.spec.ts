import { beforeEach, describe, expect, it } from '@jest/globals';
import type { DelegatedAuthService } from 'nestjs-dfns-auth';
import { tokenWith } from './support/token-claims.js';
import { useSandbox } from './support/use-sandbox.js';

const LOGIN = 'POST /auth/login/delegated';
const SECOND = 1_000;
const OTHER_ORG = 'or-aaaaa-bbbbb-cccccccccccccccc';

const world = useSandbox();
let service: DelegatedAuthService;
let now: number;

beforeEach(() => {
  now = Date.now();
});

async function started(more: object = {}): Promise<void> {
  service = await world.startService({ tokens: { defaultLifetimeMs: 40 * SECOND }, ...more }, () => now);
}

/** From now on, Dfns answers each login with this body. */
function answerLoginsWith(body: object): void {
  world.sandbox.faults.add({ on: LOGIN, times: Number.POSITIVE_INFINITY, kind: 'status', status: 200, body });
}

const logins = () => world.operations().filter((operation) => operation === LOGIN).length;

const metadata = (orgId = world.sandbox.orgId) => ({ 'https://custom/app_metadata': { orgId } });

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
  ])('is accepted with a token %s', async (_, claims) => {
    await started();
    answerLoginsWith({ token: tokenWith(claims()) });
    await expect(service.login({ username: 'ada' })).resolves.toEqual({ token: tokenWith(claims()) });
  });

  it.each([
    ['an opaque token', () => 'opaque'],
    ['a token of any organisation', () => tokenWith(metadata())],
  ])('may contain %s when no organisation is configured', async (_, token) => {
    await started({ orgId: undefined });
    answerLoginsWith({ token: token() });
    await expect(service.getToken('ada')).resolves.toBe(token());
  });
});

describe('a token is served', () => {
  /** Returns whether the library still serves the token after `ms`. */
  async function isServedAfter(ms: number): Promise<boolean> {
    const before = logins();
    now += ms;
    await service.getToken('ada');
    return logins() === before;
  }

  // A token with a lifetime of 40 seconds is served for 30 seconds.
  it.each([
    ['has no times', {}],
    ['has only its end', { exp: 1_000_100 }],
    ['has only its beginning', { iat: 1_000_000 }],
    ['ends as it begins', { iat: 1_000_000, exp: 1_000_000 }],
    ['ends before it begins', { iat: 1_000_000, exp: 999_999 }],
    ['has times of a wrong type', { iat: '1000000', exp: null }],
  ])('for the default lifetime when it %s', async (_, times) => {
    await started();
    answerLoginsWith({ token: tokenWith({ ...metadata(), ...times }) });
    await service.getToken('ada');
    expect(await isServedAfter(19 * SECOND)).toBe(true);
    expect(await isServedAfter(11 * SECOND)).toBe(false);
  });

  it('for three quarters of its minute, and is refreshed from the half of it', async () => {
    await started();
    answerLoginsWith({ token: tokenWith({ ...metadata(), iat: 1_000_000, exp: 1_000_060 }) });
    await service.getToken('ada');
    const first = logins();
    now += 30 * SECOND - 1;
    await service.getToken('ada');
    // A refresh would begin before this login of another user ends.
    await service.getToken('grace').catch(() => undefined);
    expect(logins()).toBe(first + 1);
    now += 1;
    await service.getToken('ada');
    await service.getToken('alan').catch(() => undefined);
    expect(logins()).toBe(first + 3);
  });
});
