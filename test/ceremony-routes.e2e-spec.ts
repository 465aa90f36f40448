import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { DEMO_EMAIL, DEMO_PASSWORD } from '../src/dfns/demo-account.js';
import { useApplication } from './support/use-application.js';

const JSON_FROM_HERE = { 'content-type': 'application/json', 'x-requested-with': 'fetch' };
const STRANGER = 'a-stranger';
const WRITES = [
  '/me/registration',
  '/me/registration/some-ceremony',
  '/me/recovery',
  '/me/recovery/some-ceremony',
  '/me/credentials',
  '/me/credentials/some-ceremony',
  '/wallets/wa-aaaaa-bbbbb-cccccccccccccccc/transfers',
  '/actions/some-ceremony',
];

describe('the routes of the ceremonies', () => {
  const application = useApplication();
  let cookie: string;

  beforeAll(async () => {
    const login = await fetch(`${application.url}/session`, {
      method: 'POST',
      headers: JSON_FROM_HERE,
      body: JSON.stringify({ email: DEMO_EMAIL, password: DEMO_PASSWORD }),
    });
    cookie = login.headers.getSetCookie()[0]?.split(';')[0] as string;
    application.sandbox.createUser({ username: STRANGER, wallets: [{ network: 'EthereumSepolia' }] });
  });

  const post = (path: string, headers: Record<string, string>, body?: object) =>
    fetch(application.url + path, { method: 'POST', headers, body: body && JSON.stringify(body) });

  it.each(WRITES)('need a session: %s', async (path) => {
    const before = application.sandbox.requests.length;
    expect((await post(path, JSON_FROM_HERE, {})).status).toBe(401);
    expect(application.sandbox.requests).toHaveLength(before);
  });

  it.each(WRITES)('refuse calls from other pages: %s', async (path) => {
    const before = application.sandbox.requests.length;
    expect((await post(path, { cookie, 'content-type': 'application/json' }, {})).status).toBe(403);
    expect((await post(path, { ...JSON_FROM_HERE, cookie, 'sec-fetch-site': 'same-site' }, {})).status).toBe(403);
    expect((await post(path, { ...JSON_FROM_HERE, cookie, origin: 'https://evil.test' }, {})).status).toBe(403);
    expect(application.sandbox.requests).toHaveLength(before);
  });

  it.each(WRITES)('use only the user of the session, for every request: %s', async (path) => {
    const before = application.sandbox.requests.length;
    const names = { username: STRANGER, email: STRANGER, userId: application.sandbox.user(STRANGER)?.userId ?? '' };
    const query = new URLSearchParams(names);
    const answer = await post(`${path}?${query}`, { ...JSON_FROM_HERE, ...names, cookie }, { ...names, message: 'x' });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const sent = JSON.stringify(application.sandbox.requests.slice(before));
    for (const name of Object.values(names)) expect(sent).not.toContain(name);
  });

  it('refuse the wallet of another user', async () => {
    const stranger = application.sandbox.createWallet({ network: 'EthereumSepolia', delegateTo: STRANGER });
    const path = `/wallets/${stranger.id}/transfers`;
    const transfer = { to: stranger.address, amount: '1', externalId: randomUUID() };
    expect((await post(path, { ...JSON_FROM_HERE, cookie }, transfer)).status).toBe(404);
  });

  it('answer an unknown ceremony with 410, and a body of a wrong form with 400', async () => {
    const assertion = {
      firstFactor: { kind: 'Key', credentialAssertion: { credId: 'eA', clientData: 'e30', signature: 'eA' } },
    };
    const gone = await post('/actions/nothing', { ...JSON_FROM_HERE, cookie }, assertion);
    expect(gone.status).toBe(410);
    expect(await gone.json()).toMatchObject({ code: 'DFNS_CEREMONY_INVALID' });
    const wrong = await post('/actions/nothing', { ...JSON_FROM_HERE, cookie }, { ...assertion, path: '/wallets' });
    expect(wrong.status).toBe(400);
    expect(await wrong.json()).toMatchObject({ message: ['property path should not exist'] });
  });
});
