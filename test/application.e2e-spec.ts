import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { createApplication } from '../src/application.js';
import { DEMO_EMAIL, DEMO_PASSWORD } from '../src/dfns/demo-account.js';
import { DfnsConnection } from '../src/dfns/dfns-connection.js';
import { useApplication } from './support/use-application.js';

const JSON_FROM_HERE = { 'content-type': 'application/json', 'x-requested-with': 'fetch' };

describe('the reference application without a configuration', () => {
  const application = useApplication();

  async function logIn(email = DEMO_EMAIL, password = DEMO_PASSWORD): Promise<Response> {
    return fetch(`${application.url}/session`, {
      method: 'POST',
      headers: JSON_FROM_HERE,
      body: JSON.stringify({ email, password }),
    });
  }

  async function sessionCookie(): Promise<string> {
    return (await logIn()).headers.getSetCookie()[0]?.split(';')[0] as string;
  }

  it('logs in with an httpOnly, same-site cookie', async () => {
    const answer = await logIn();
    expect(answer.status).toBe(200);
    expect(answer.headers.getSetCookie()[0]).toMatch(/HttpOnly; SameSite=Strict/);
  });

  it.each(['/me', '/wallets'])('reads %s from Dfns with the token of the user of the session', async (path) => {
    const cookie = await sessionCookie();
    const answer = await fetch(application.url + path, { headers: { cookie } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.json()).toMatchObject(
      path === '/me' ? { email: DEMO_EMAIL, credentials: [{ kind: 'Key' }] } : [{ name: 'Demo wallet' }],
    );
    expect(application.sandbox.requests.at(-1)?.headers).toMatchObject({
      authorization: expect.stringMatching(/^Bearer /),
    });
  });

  it('takes the user only from the session', async () => {
    const cookie = await sessionCookie();
    const stranger = application.sandbox.createUser({
      username: 'stranger',
      wallets: [{ network: 'EthereumSepolia', name: 'Not yours' }],
    });
    for (const path of ['/wallets?username=stranger', `/wallets?userId=${stranger.userId}`]) {
      const answer = await fetch(application.url + path, {
        headers: { cookie, 'x-username': 'stranger', username: 'stranger' },
      });
      expect(await answer.json()).toMatchObject([{ name: 'Demo wallet' }]);
    }
    expect((await fetch(`${application.url}/wallets`, { headers: { username: 'stranger' } })).status).toBe(401);
  });

  it('sends no secret of Dfns to the browser', async () => {
    const cookie = await sessionCookie();
    const answers = await Promise.all(
      ['/me', '/wallets', '/nowhere'].map((path) => fetch(application.url + path, { headers: { cookie } })),
    );
    const everything = (
      await Promise.all(answers.map(async (answer) => JSON.stringify([...answer.headers]) + (await answer.text())))
    ).join();
    const secrets = [...application.sandbox.secrets];
    expect(secrets.length).toBeGreaterThan(3);
    expect(secrets.filter((secret) => everything.includes(secret))).toEqual([]);
  });

  it.each([
    ['a form of another site', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['a script of another site', { ...JSON_FROM_HERE, origin: 'https://evil.example' }],
    ['a page that the browser calls cross-site', { ...JSON_FROM_HERE, 'sec-fetch-site': 'cross-site' }],
    ['a sibling domain', { ...JSON_FROM_HERE, 'sec-fetch-site': 'same-site' }],
  ])('refuses a write from %s', async (_, headers) => {
    const answer = await fetch(`${application.url}/session`, { method: 'POST', headers, body: '{}' });
    expect(answer.status).toBe(403);
  });

  it('gives the same answer to a wrong password and to an unknown address', async () => {
    const answers = await Promise.all([
      logIn(DEMO_EMAIL, 'not-the-password'),
      logIn('nobody@example.test', 'not-the-password'),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([401, 401]);
    expect(await answers[0]?.text()).toBe(await answers[1]?.text());
  });

  it('ends its own session and the session at Dfns at the logout', async () => {
    const cookie = await sessionCookie();
    await fetch(`${application.url}/wallets`, { headers: { cookie } });
    const out = await fetch(`${application.url}/session`, { method: 'DELETE', headers: { ...JSON_FROM_HERE, cookie } });
    expect(out.status).toBe(204);
    expect(application.sandbox.requests.at(-1)).toMatchObject({ method: 'PUT', path: '/auth/logout' });
    expect((await fetch(`${application.url}/wallets`, { headers: { cookie } })).status).toBe(401);
  });

  it('answers 503 with its own message when Dfns is down', async () => {
    const cookie = await sessionCookie();
    const faults = application.sandbox.faults;
    faults.add({ on: 'GET /wallets', times: Number.POSITIVE_INFINITY, kind: 'echo', status: 503 });
    try {
      const answer = await fetch(`${application.url}/wallets`, { headers: { cookie } });
      expect(answer.status).toBe(503);
      expect(await answer.json()).toMatchObject({
        code: 'DFNS_UNAVAILABLE',
        message: 'The wallet service is unavailable.',
      });
    } finally {
      faults.clear();
    }
  });

  it('stops together with its sandbox', async () => {
    const other = await createApplication({ logger: false });
    await other.listen(0, 'localhost');
    const server = other.getHttpServer();
    const closed = once(server, 'close');
    const dfns = other.get(DfnsConnection).sandbox?.url as string;
    await other.close();
    await closed;
    await expect(fetch(dfns)).rejects.toThrow();
  });
});

describe('the reference application with a part of its configuration', () => {
  it('does not start, and names the missing variables', async () => {
    process.env['DFNS_API_URL'] = 'https://api.dfns.io';
    try {
      const start = createApplication({ abortOnError: false, logger: false });
      await expect(start).rejects.toThrow(/DFNS_AUTH_TOKEN is empty[\s\S]*DFNS_CRED_ID is empty/);
    } finally {
      delete process.env['DFNS_API_URL'];
    }
  });
});
