import { describe, expect, it } from '@jest/globals';
import { CheckedSandbox, stoppedAfterEach } from './support/checked-sandbox.js';
import { SoftwareKey } from './support/software-key.js';

// What the official clients in other languages do differently from the one in TypeScript (dfns-api 2.4, 7.5).

const start = stoppedAfterEach(CheckedSandbox);

/** Writes JSON as Python does by default: all that is not ASCII as an escape. */
const asciiJson = (value: object) =>
  JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Writes JSON as Go does: `<`, `>` and `&` as escapes. */
const htmlSafeJson = (value: object) =>
  JSON.stringify(value).replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);

/** Signs one text and sends another one. */
async function sendOtherText(dfns: CheckedSandbox, path: string, signed: string, sent: string) {
  const key = new SoftwareKey();
  const { authToken: token } = dfns.sandbox.createServiceAccount({ publicKey: key.publicKey, credId: key.credId });
  const action = { userActionHttpMethod: 'POST', userActionHttpPath: path, userActionPayload: signed };
  const { challenge, challengeIdentifier } = (await dfns.call('POST', '/auth/action/init', { token, body: action }))
    .body;
  const firstFactor = { kind: 'Key', credentialAssertion: key.assertion(challenge) };
  const answer = await dfns.call('POST', '/auth/action', { token, body: { challengeIdentifier, firstFactor } });
  const headers = { 'X-DFNS-USERACTION': answer.body.userAction, 'content-type': 'application/json' };
  return dfns.call('POST', path, { token, headers, body: sent });
}

const WALLET = { network: 'Base', name: 'Zoë <& Søn>' };

describe.each([
  ['Python: signs escapes, sends UTF-8', asciiJson(WALLET), JSON.stringify(WALLET)],
  ['Python: signs compact text, sends spaces', asciiJson(WALLET), asciiJson(WALLET).replaceAll('":', '": ')],
  ['Go: signs escapes of HTML, sends plain text', htmlSafeJson(WALLET), JSON.stringify(WALLET)],
  ['members in another order', JSON.stringify(WALLET), JSON.stringify({ name: WALLET.name, network: 'Base' })],
])('a client that signs another text than it sends (%s)', (_, signed, sent) => {
  it('is let in by default', async () => {
    const dfns = await start({ strict: false });
    expect(await sendOtherText(dfns, '/wallets', signed, sent)).toMatchObject({ status: 200, body: WALLET });
  });

  it('is refused with strict bodies', async () => {
    const dfns = await start({ strict: true });
    expect(await sendOtherText(dfns, '/wallets', signed, sent)).toMatchObject({
      status: 403,
      message: 'user action signature is missing or invalid',
    });
  });
});

describe('a client that signs another value than it sends', () => {
  it.each([
    ['another member', { ...WALLET, name: 'other' }],
    ['one member less', { network: 'Base' }],
  ])('is refused: %s', async (_, other) => {
    const dfns = await start({ strict: false });
    const refused = await sendOtherText(dfns, '/wallets', JSON.stringify(WALLET), JSON.stringify(other));
    expect(refused).toMatchObject({ status: 403 });
  });

  it('is refused if the body is no JSON, also if it signed exactly that', async () => {
    const dfns = await start({ strict: false });
    expect(await sendOtherText(dfns, '/wallets', '{"network"', '{"network"')).toMatchObject({ status: 400 });
  });
});

describe('a client that sends a bearer on every call', () => {
  it.each(['nonsense', 'expired', 'of another sandbox', 'of a service account'])(
    'is let in where no bearer is needed: %s',
    async (kind) => {
      let now = Date.parse('2026-11-20T10:00:00Z');
      const dfns = await start({ now: () => now });
      const other = await start();
      dfns.sandbox.createUser({ username: 'ada' });
      const tokens: Record<string, string> = {
        nonsense: 'nonsense',
        expired: dfns.sandbox.issueUserToken('ada'),
        'of another sandbox': other.sandbox.createServiceAccount().authToken,
        'of a service account': dfns.sandbox.createServiceAccount({ permissions: [] }).authToken,
      };
      now += 3_600_000;
      const token = tokens[kind];
      const body = { orgId: dfns.sandbox.orgId, username: 'ada' };
      expect(await dfns.call('POST', '/auth/login/init', { token, body })).toMatchObject({ status: 200 });
      expect(await dfns.call('POST', '/auth/recover/user/code', { token, body })).toMatchObject({ status: 200 });
      expect(await dfns.call('PUT', '/auth/registration/code', { token, body })).toMatchObject({ status: 200 });
    },
  );

  it('does not use up the quota of the organisation there', async () => {
    const dfns = await start({ rateLimitPerMinute: 0 });
    const body = { orgId: dfns.sandbox.orgId, username: 'nobody' };
    const answer = await dfns.call('POST', '/auth/recover/user/code', { body });
    expect([answer.status, answer.headers.get('x-ratelimit-limit')]).toEqual([200, null]);
  });
});
