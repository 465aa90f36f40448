import { Agent, get, type IncomingMessage, request } from 'node:http';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { DfnsSandbox, type Fault } from 'dfns-sandbox';
import { CheckedSandbox, callerOf, stoppedAfterEach } from './support/checked-sandbox.js';
import { signedCall } from './support/clients.js';

const startSandbox = stoppedAfterEach(DfnsSandbox);
const startChecked = stoppedAfterEach(CheckedSandbox);
let sandbox: DfnsSandbox;
let token: string;
beforeEach(async () => {
  sandbox = await startSandbox();
  token = sandbox.createServiceAccount().authToken;
});

const on = 'GET /wallets';
const listWallets = () => fetch(`${sandbox.url}/wallets`, { headers: { authorization: `Bearer ${token}` } });

/** Sends a request, and returns the answer when its headers have arrived. */
function headersOf(): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(`${sandbox.url}/wallets`, { headers: { authorization: `Bearer ${token}` } }, resolve).on('error', reject);
  });
}

describe('faults', () => {
  it('happen the planned number of times, on the planned requests, in the order of the plan', async () => {
    sandbox.faults.add({ on: 'GET /wallets/{walletId}', kind: 'status', status: 418, times: 2 });
    sandbox.faults.add({ on: '*', kind: 'status', status: 503 });
    const statuses = [];
    for (const path of ['/wallets/a?x=1', '/wallets/a/b', '/wallets/b', '/wallets/c']) {
      statuses.push((await fetch(sandbox.url + path)).status);
    }
    expect(statuses).toEqual([418, 503, 418, 401]);
  });

  it('happen on all requests with times: Infinity, until they are cleared', async () => {
    sandbox.faults.add({ on: '*', kind: 'html', times: Number.POSITIVE_INFINITY });
    expect([(await listWallets()).status, (await listWallets()).status]).toEqual([502, 502]);
    sandbox.faults.clear();
    expect((await listWallets()).status).toBe(200);
  });

  it('are refused if "on" has no method', () => {
    expect(() => sandbox.faults.add({ on: '/wallets', kind: 'hang' })).toThrow('"GET /wallets"');
  });

  it('do not hide the request from the list of requests', async () => {
    sandbox.faults.add({ on, kind: 'reset' });
    await expect(listWallets()).rejects.toThrow();
    expect(sandbox.requests).toMatchObject([{ method: 'GET', path: '/wallets', connection: 1 }]);
  });
});

describe('an answer that replaces the real one', () => {
  it('is the error envelope by default', async () => {
    sandbox.faults.add({
      on,
      kind: 'status',
      status: 500,
      message: 'Internal Server Error',
      headers: { 'retry-after': '3' },
    });
    const answer = await listWallets();
    expect(answer.headers.get('retry-after')).toBe('3');
    expect(await answer.json()).toEqual({
      error: { id: expect.stringMatching(/^\d{19}$/), status: 500, message: 'Internal Server Error' },
    });
  });

  it.each<[string | object, string | undefined, string, string]>([
    ['plain', 'text/plain', 'plain', 'text/plain'],
    [{ message: 'bare' }, undefined, '{"message":"bare"}', 'application/json; charset=utf-8'],
    ['', undefined, '', 'application/json; charset=utf-8'],
  ])('can have the body %j', async (body, contentType, text, type) => {
    sandbox.faults.add({ on, kind: 'status', status: 200, body, contentType });
    const answer = await listWallets();
    expect([await answer.text(), answer.headers.get('content-type')]).toEqual([text, type]);
  });

  it('can be an HTML page or a redirect', async () => {
    sandbox.faults.add({ on, kind: 'html', status: 504 });
    sandbox.faults.add({ on, kind: 'redirect', location: 'http://evil.test/', status: 307 });
    const page = await listWallets();
    expect([page.status, await page.text()]).toEqual([504, expect.stringContaining('<html>')]);
    const moved = await fetch(`${sandbox.url}/wallets`, { redirect: 'manual' });
    expect([moved.status, moved.headers.get('location')]).toEqual([307, 'http://evil.test/']);
  });

  it('can repeat all secrets of the request', async () => {
    sandbox.faults.add({ on: 'POST /wallets', kind: 'echo' });
    const headers = { authorization: `Bearer ${token}`, 'x-dfns-useraction': 'spendable' };
    const answer = await fetch(`${sandbox.url}/wallets`, { method: 'POST', headers, body: '{"network":"Base"}' });
    const { error } = (await answer.json()) as { error: { message: string; details: object } };
    for (const secret of [token, 'spendable', '{"network":"Base"}']) {
      expect(error.message).toContain(secret);
      expect(JSON.stringify(error.details)).toContain(JSON.stringify(secret).slice(1, -1));
    }
  });

  it.each([false, true])('can be very long and is still valid JSON (gzip: %p)', async (gzip) => {
    sandbox.faults.add({ on, kind: 'huge', bytes: 300_000, gzip });
    const answer = await listWallets();
    expect(answer.headers.get('content-encoding')).toBe(gzip ? 'gzip' : null);
    expect(await answer.json()).toEqual({ padding: 'x'.repeat(300_000) });
  });

  it('stops when the client closes the connection', async () => {
    sandbox.faults.add({ on, kind: 'huge' });
    const answer = await headersOf();
    answer.destroy();
    expect((await listWallets()).status).toBe(200);
  });
});

describe('a spoiled answer', () => {
  const read = async (message: IncomingMessage) => {
    let text = '';
    for await (const chunk of message) text += chunk;
    return text;
  };
  const whole = '{"items":[]}';

  it.each<Fault>([
    { on, kind: 'truncate' },
    { on, kind: 'reset', when: 'body' },
  ])('ends after half of the body: %j', async (fault) => {
    sandbox.faults.add(fault);
    const answer = await headersOf();
    expect([answer.statusCode, answer.headers['content-length']]).toEqual([200, String(whole.length)]);
    await expect(read(answer)).rejects.toThrow('aborted');
  });

  it('can be slow', async () => {
    sandbox.faults.add({ on, kind: 'slow', bytesPerSecond: 60 });
    const answer = await headersOf();
    const chunks: string[] = [];
    for await (const chunk of answer) chunks.push(String(chunk));
    expect(chunks.join('')).toBe(whole);
    expect(chunks).toHaveLength(2);
  });

  it.each<Fault>([
    { on, kind: 'hang' },
    { on, kind: 'hang', when: 'body' },
    { on, kind: 'slow' },
  ])('does not end before the sandbox stops: %j', async (fault) => {
    sandbox.faults.add(fault);
    const pending = headersOf().then(read);
    const settled = pending.then(
      () => 'answered',
      () => 'broken',
    );
    while (sandbox.requests.length === 0) await new Promise(setImmediate);
    expect(await Promise.race([settled, new Promise((resolve) => setImmediate(resolve, 'waiting'))])).toBe('waiting');
    await sandbox.stop();
    expect(await settled).toBe('broken');
  });
});

describe('a reset of the connection', () => {
  it.each([
    ['before', 0],
    ['after', 1],
    ['body', 1],
  ] as const)('with when: %s leaves %i new wallets', async (when, wallets) => {
    const dfns = await startChecked();
    const account = dfns.sandbox.createServiceAccount();
    dfns.sandbox.faults.add({ on: 'POST /wallets', kind: 'reset', when });
    const direct = { call: callerOf(dfns.sandbox.url) };
    await expect(signedCall(direct, account, 'POST', '/wallets', { network: 'Base' })).rejects.toThrow();
    const { body } = await dfns.call('GET', '/wallets', { token: account.authToken });
    expect(body.items).toHaveLength(wallets);
  });

  it('closes only the connection of its request', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const statusOf = () =>
      new Promise<number | undefined>((resolve, reject) => {
        const sent = request(`${sandbox.url}/wallets`, { agent }, (answer) => resolve(answer.resume().statusCode));
        sent.on('error', reject).end();
      });
    expect([await statusOf(), await statusOf(), sandbox.connections]).toEqual([401, 401, 1]);
    sandbox.faults.add({ on, kind: 'reset' });
    await expect(statusOf()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect([await statusOf(), sandbox.connections]).toEqual([401, 2]);
    expect(sandbox.requests.map(({ connection }) => connection)).toEqual([1, 1, 1, 2]);
    agent.destroy();
  });
});
