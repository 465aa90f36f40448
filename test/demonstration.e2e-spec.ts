import { beforeAll, describe, expect, it } from '@jest/globals';
import { DfnsSandbox } from 'dfns-sandbox';
import { createApplication } from '../src/application.js';
import { DEMO_EMAIL, DEMO_PASSWORD } from '../src/dfns/demo-account.js';
import { useApplication } from './support/use-application.js';

const JSON_FROM_HERE = { 'content-type': 'application/json', 'x-requested-with': 'fetch' };
const CHALLENGE = JSON.stringify({ challenge: 'Y2hhbGxlbmdl' });

/** Logs in or makes an account, and returns the cookie of the session. */
async function session(url: string, email: string): Promise<string> {
  const body = JSON.stringify({ email, password: DEMO_PASSWORD });
  const answer = await fetch(url, { method: 'POST', headers: JSON_FROM_HERE, body });
  return answer.headers.getSetCookie()[0]?.split(';')[0] as string;
}

describe('the routes of the demonstration', () => {
  const application = useApplication();
  let cookie: string;

  beforeAll(async () => {
    cookie = await session(`${application.url}/session`, DEMO_EMAIL);
  });

  const traced = async (tab: string): Promise<unknown> =>
    (await fetch(`${application.url}/demonstration/requests?tab=${tab}&after=0`)).json();

  it('tell a tab its own requests, with the requests to Dfns, and no other tab', async () => {
    await fetch(`${application.url}/wallets`, { headers: { cookie, 'x-tab': 'first' } });
    await fetch(`${application.url}/wallets`, { headers: { cookie } });
    expect(await traced('first')).toEqual([
      {
        id: expect.any(Number),
        operation: 'GET /wallets',
        status: 200,
        durationMs: expect.any(Number),
        token: expect.stringMatching(/miss|hit/),
        steps: expect.arrayContaining([expect.objectContaining({ operation: 'GET /wallets', outcome: 'ok' })]),
      },
    ]);
    expect(await traced('second')).toEqual([]);
    expect(await traced('')).toEqual([]);
  });

  it('tell nothing secret, and no name of a user', async () => {
    await fetch(`${application.url}/me`, { headers: { cookie, 'x-tab': 'third' } });
    const told = JSON.stringify(await traced('third'));
    expect(application.sandbox.secrets.filter((secret) => told.includes(secret))).toEqual([]);
    expect(told).not.toContain(DEMO_EMAIL);
  });

  it('sign for the demo account, and for nobody else', async () => {
    const sign = (headers: object) =>
      fetch(`${application.url}/demonstration/signatures`, {
        method: 'POST',
        headers: { ...JSON_FROM_HERE, ...headers },
        body: CHALLENGE,
      });
    const answer = await sign({ cookie });
    expect(await answer.json()).toMatchObject({ firstFactor: { kind: 'Key' } });
    expect((await sign({ cookie: await session(`${application.url}/accounts`, 'ada@example.test') })).status).toBe(403);
    expect((await sign({})).status).toBe(401);
  });

  it('refuse a failure that is unknown, and a request of another site', async () => {
    const fail = (headers: object, failure: string) =>
      fetch(`${application.url}/demonstration/failure`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ failure }),
      });
    expect((await fail(JSON_FROM_HERE, 'everything')).status).toBe(400);
    expect((await fail({}, 'down')).status).toBe(403);
    expect((await fail(JSON_FROM_HERE, 'none')).status).toBe(204);
  });

  it('name the console of the sandbox only if it answers', async () => {
    const about = (await (await fetch(`${application.url}/demonstration`)).json()) as { console?: string };
    const answers = (await fetch(`${application.sandbox.url}/_sandbox/`)).ok;
    expect(about).toMatchObject({ isOn: true, account: { email: DEMO_EMAIL }, failure: 'none' });
    expect(about.console).toBe(answers ? `${application.sandbox.url}/_sandbox/` : undefined);
  });
});

describe('a failure of the demonstration', () => {
  const application = useApplication();
  let cookie: string;

  beforeAll(async () => {
    cookie = await session(`${application.url}/session`, DEMO_EMAIL);
  });

  async function read(failure: string): Promise<{ status: number; code?: string; durationMs: number }> {
    const body = JSON.stringify({ failure });
    const url = `${application.url}/demonstration/failure`;
    expect((await fetch(url, { method: 'PUT', headers: JSON_FROM_HERE, body })).status).toBe(204);
    const startedAt = performance.now();
    const answer = await fetch(`${application.url}/wallets`, { headers: { cookie } });
    const { code } = (await answer.json()) as { code?: string };
    return { status: answer.status, code, durationMs: performance.now() - startedAt };
  }

  it.each([
    ['down', { status: 503, code: 'DFNS_UNAVAILABLE' }],
    ['unreachable', { status: 503, code: 'DFNS_UNAVAILABLE' }],
    ['busy', { status: 503, code: 'DFNS_RATE_LIMITED' }],
  ])('%s: the client is told so, and it ends', async (failure, told) => {
    expect(await read(failure)).toMatchObject(told);
    expect(await read('none')).toMatchObject({ status: 200 });
  });

  it('slow: the client gets its answer, after seconds', async () => {
    const { status, durationMs } = await read('slow');
    expect(status).toBe(200);
    expect(durationMs).toBeGreaterThan(1_000);
    expect(await read('none')).toMatchObject({ status: 200 });
  });
});

describe('the demonstration with a real Dfns', () => {
  it('is off', async () => {
    const dfns = await DfnsSandbox.start();
    const { authToken, credId, privateKey } = dfns.createServiceAccount();
    const variables = {
      DFNS_API_URL: dfns.url,
      DFNS_AUTH_TOKEN: authToken,
      DFNS_CRED_ID: credId,
      DFNS_PRIVATE_KEY: privateKey,
    };
    Object.assign(process.env, variables);
    try {
      const app = await createApplication({ logger: false });
      await app.listen(0, 'localhost');
      const url = await app.getUrl();
      expect(await (await fetch(`${url}/demonstration`)).json()).toEqual({ isOn: false });
      expect((await fetch(`${url}/demonstration/requests?tab=a`, { headers: { 'x-tab': 'a' } })).status).toBe(404);
      const body = JSON.stringify({ failure: 'down' });
      const fail = await fetch(`${url}/demonstration/failure`, { method: 'PUT', headers: JSON_FROM_HERE, body });
      expect(fail.status).toBe(404);
      expect(dfns.requests).toEqual([]);
      await app.close();
    } finally {
      for (const name of Object.keys(variables)) delete process.env[name];
      await dfns.stop();
    }
  });
});
