import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { DelegatedAuthService, DfnsApiError, DfnsClient, type DfnsErrorCode } from 'nestjs-dfns-auth';
import { UpstreamCalls } from './support/upstream-calls.js';
import { useSandbox } from './support/use-sandbox.js';

interface CatalogueEntry {
  area: string;
  status: number | null;
  message: string | null;
  clientSide?: boolean;
}

const CATALOGUE: CatalogueEntry[] = JSON.parse(readFileSync('test/fixtures/error-catalogue.json', 'utf8'));
/** The message with a real user id where the catalogue has `<userId>`. */
const PERMISSION =
  'CustomerEmployee us-6b58p-r53sr-rlrd3l5cj3uc4ome is not authorized to perform operation (Auth:Apps:Update)';

/**
 * The places of a refusal: the call of the service account, the signing of the service account, a call with the token of
 * a user, and a call with a temporary token.
 */
const PLACES = ['call', 'signing', 'user', 'temporary'] as const;
type Codes = Record<(typeof PLACES)[number], DfnsErrorCode>;

const everywhere = (code: DfnsErrorCode): Codes => ({ call: code, signing: code, user: code, temporary: code });
/** The refusal is about the user of the call. While the service account signs, it is about the service account. */
const aboutUser = (code: DfnsErrorCode, temporary = code): Codes => ({
  call: code,
  signing: 'DFNS_SERVICE_ACCOUNT_REJECTED',
  user: code,
  temporary,
});
const byBearer = (account: DfnsErrorCode, user: DfnsErrorCode): Codes => ({
  call: account,
  signing: account,
  user,
  temporary: user,
});
const REJECTED = byBearer('DFNS_SERVICE_ACCOUNT_REJECTED', 'DFNS_USER_UNAUTHORIZED');
const FORBIDDEN = byBearer('DFNS_SERVICE_ACCOUNT_FORBIDDEN', 'DFNS_USER_FORBIDDEN');

/** The codes by the exact text of Dfns. */
const BY_TEXT: Record<string, Codes> = {
  'user action has already been used': everywhere('DFNS_USER_ACTION_REJECTED'),
  'user action signature is missing or invalid': everywhere('DFNS_USER_ACTION_REJECTED'),
  'Challenge token is not valid.': everywhere('DFNS_USER_ACTION_REJECTED'),
  'User account has been deactivated.': aboutUser('DFNS_USER_DEACTIVATED'),
  'User not found': aboutUser('DFNS_USER_NOT_FOUND'),
  'User already exists.': aboutUser('DFNS_USER_EXISTS'),
  'User does not have a credential that can be used for the application.': {
    call: 'DFNS_USER_NOT_FOUND',
    signing: 'DFNS_SERVICE_ACCOUNT_REJECTED',
    user: 'DFNS_USER_ACTION_REJECTED',
    temporary: 'DFNS_USER_ACTION_REJECTED',
  },
  'Credential cannot be used as a recovery factor.': aboutUser('DFNS_BAD_REQUEST'),
};

/** The codes by the status, for every other text. */
const BY_STATUS: Record<number, Codes> = {
  202: everywhere('DFNS_POLICY_PENDING'),
  304: everywhere('DFNS_MALFORMED_RESPONSE'),
  399: everywhere('DFNS_MALFORMED_RESPONSE'),
  400: everywhere('DFNS_BAD_REQUEST'),
  401: REJECTED,
  402: everywhere('DFNS_PLAN_LIMIT'),
  403: FORBIDDEN,
  404: everywhere('DFNS_NOT_FOUND'),
  409: everywhere('DFNS_CONFLICT'),
  410: everywhere('DFNS_BAD_REQUEST'),
  412: everywhere('DFNS_BAD_REQUEST'),
  418: everywhere('DFNS_BAD_REQUEST'),
  422: everywhere('DFNS_BAD_REQUEST'),
  429: everywhere('DFNS_RATE_LIMITED'),
  500: everywhere('DFNS_UNAVAILABLE'),
  501: everywhere('DFNS_UNAVAILABLE'),
  502: everywhere('DFNS_UNAVAILABLE'),
  503: everywhere('DFNS_UNAVAILABLE'),
  504: everywhere('DFNS_UNAVAILABLE'),
  599: everywhere('DFNS_UNAVAILABLE'),
};

const world = useSandbox();
let context: TestingModule;
let calls: UpstreamCalls;
let userToken: string;

beforeAll(async () => {
  const ada = world.sandbox.createUser({ username: 'ada' });
  userToken = world.sandbox.issueUserToken('ada');
  context = await world.startInstance({ http: { maxAttempts: 1 } });
  calls = new UpstreamCalls(context, ada);
});

/** Makes Dfns refuse in one place, and returns the error that the application gets. */
async function refusal(place: keyof Codes, status: number, message: string): Promise<DfnsApiError> {
  const headers = { 'retry-after': '0' };
  const fault = { kind: 'status', status, message, headers } as const;
  const client = context.get(DfnsClient);
  const login = () => context.get(DelegatedAuthService).login({ username: 'ada' });
  const ways: Record<keyof Codes, { on: string; go: () => Promise<unknown> }> = {
    call: { on: 'POST /auth/login/delegated', go: login },
    signing: { on: 'POST /auth/action', go: login },
    user: { on: 'GET /wallets', go: () => client.request({ method: 'GET', path: '/wallets', caller: { userToken } }) },
    temporary: {
      on: 'POST /auth/registration',
      go: () =>
        client.request({ method: 'POST', path: '/auth/registration', body: {}, caller: { temporaryToken: userToken } }),
    },
  };
  const { on, go } = ways[place];
  world.sandbox.faults.add({ ...fault, on });
  const error = await go().catch((refused: unknown) => refused);
  world.sandbox.faults.clear();
  return error as DfnsApiError;
}

describe('documented errors', () => {
  const sent = CATALOGUE.filter(({ clientSide }) => !clientSide);

  it('are all in the catalogue', () => {
    expect(CATALOGUE).toHaveLength(49);
    expect(sent).toHaveLength(37);
  });

  describe.each(PLACES)('in place %s', (place) => {
    it.each(sent)('$status $message', async ({ status, message }) => {
      const text = message?.replace(/^CustomerEmployee <.*$/, PERMISSION) ?? 'another text';
      const codes = BY_TEXT[text] ?? (BY_STATUS[status as number] as Codes);
      const error = await refusal(place, status as number, text);
      expect(error).toBeInstanceOf(DfnsApiError);
      expect(error).toMatchObject({ code: codes[place], upstreamStatus: status, upstreamMessage: text });
      expect(error.errorId).toMatch(/^\d{19}$/);
    });
  });
});

describe('undocumented errors', () => {
  const statuses = Object.keys(BY_STATUS).map(Number);
  const cells = PLACES.flatMap((place) => statuses.map((status) => ({ place, status })));

  it.each(cells)('$status in place $place', async ({ place, status }) => {
    const error = await refusal(place, status, 'an unknown text');
    expect(error).toMatchObject({ code: BY_STATUS[status]?.[place], upstreamStatus: status });
  });

  it.each(Object.keys(BY_TEXT))(
    '"%s" has its meaning only in exactly these letters and with its status',
    async (text) => {
      for (const almost of [text.toUpperCase(), `${text} `, text.slice(0, -1)]) {
        expect(await refusal('call', 400, almost)).toMatchObject({ code: 'DFNS_BAD_REQUEST' });
      }
      expect(await refusal('call', 409, text)).toMatchObject({ code: 'DFNS_CONFLICT' });
    },
  );
});

describe('a refused assertion of a user', () => {
  it.each([
    ['Not Authorized.', 'DFNS_USER_UNAUTHORIZED'],
    ['user token is missing or invalid', 'DFNS_USER_UNAUTHORIZED'],
    ['Credential assertion was refused', 'DFNS_USER_ACTION_REJECTED'],
    ['User does not have a credential that can be used for the application.', 'DFNS_USER_ACTION_REJECTED'],
    ['User not found', 'DFNS_USER_NOT_FOUND'],
  ])('"%s" is %s', async (message, code) => {
    await context.get(DelegatedAuthService).getToken('ada');
    world.sandbox.faults.add({ kind: 'status', on: 'POST /auth/action', status: 401, message });
    await expect(calls.run('user-signed action')).rejects.toMatchObject({ code, upstreamMessage: message });
  });
});
