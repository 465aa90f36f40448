import { createHmac } from 'node:crypto';
import type { DfnsApiClient } from '@dfns/sdk';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { CreatedServiceAccount, SandboxOptions, WebhookRequest } from 'dfns-sandbox';
import { CheckedSandbox, stoppedAfterEach } from './support/checked-sandbox.js';
import { signedCall, signingClient } from './support/clients.js';
import { WebhookTarget } from './support/webhook-target.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = 1_790_000_000_000;

const startChecked = stoppedAfterEach(CheckedSandbox);
const startTarget = stoppedAfterEach(WebhookTarget);
let now = START;
/** How often the sandbox has looked at its clock. */
let looks = 0;
const clock = () => {
  looks += 1;
  return now;
};
let dfns: CheckedSandbox;
let target: WebhookTarget;
let account: CreatedServiceAccount;
let backend: DfnsApiClient;

beforeEach(async () => {
  now = START;
  target = await startTarget();
  await open();
});

afterEach(() => {
  jest.useRealTimers();
});

async function open(options: SandboxOptions = {}): Promise<void> {
  dfns = await startChecked({ now: clock, ...options });
  account = dfns.sandbox.createServiceAccount();
  backend = signingClient(dfns, account);
}

const subscribe = (members: Partial<WebhookRequest> = {}) =>
  dfns.sandbox.webhooks.create({ url: target.url, events: ['*'], ...members });
const makeWallet = () => dfns.sandbox.createWallet({ network: 'EthereumSepolia' });
const deliveries = () => dfns.sandbox.webhooks.deliveries;

/** Moves the clock, and sends what is due then. */
async function passTo(distanceMs: number): Promise<void> {
  now = START + distanceMs;
  await dfns.sandbox.webhooks.deliverDue();
}

describe('webhooks', () => {
  it('are created, listed, read, changed and deleted', async () => {
    const body = { url: 'https://example.com/hook', events: ['wallet.created' as const], description: 'books' };
    const created = await backend.webhooks.createWebhook({ body });
    const { secret, ...webhook } = created;
    expect(webhook).toEqual({
      ...body,
      id: expect.stringMatching(/^wh-[a-z0-9]{5}-[a-z0-9]{5}-[a-z0-9]{16}$/),
      status: 'Enabled',
      dateCreated: new Date(START).toISOString(),
      dateUpdated: new Date(START).toISOString(),
    });
    expect(secret).toMatch(/^whs-[\w-]{32}$/);
    expect(dfns.sandbox.secrets).toContain(secret);
    const webhookId = webhook.id;
    expect(await backend.webhooks.listWebhooks()).toEqual({ items: [webhook] });
    expect(await backend.webhooks.getWebhook({ webhookId })).toEqual(webhook);
    now += MINUTE;
    const changed = { ...webhook, status: 'Disabled', dateUpdated: new Date(now).toISOString() };
    expect(await backend.webhooks.updateWebhook({ webhookId, body: { status: 'Disabled' } as never })).toEqual(changed);
    expect(await backend.webhooks.getWebhook({ webhookId })).toEqual(changed);
    expect(await backend.webhooks.deleteWebhook({ webhookId })).toEqual({ deleted: true });
    await expect(backend.webhooks.getWebhook({ webhookId })).rejects.toMatchObject({
      httpStatus: 404,
      message: 'webhook not found',
    });
  });

  const url = 'https://example.com';
  it.each([
    [{ events: ['*'] }, /body\.url/],
    [{ url: 'example.com', events: ['*'] }, /body\.url/],
    [{ url: 'ftp://example.com', events: ['*'] }, /body\.url/],
    [{ url }, /body\.events/],
    [{ url, events: [] }, /body\.events/],
    [{ url, events: ['swap.completed'] }, /body\.events/],
    [{ url, events: '*' }, /body\.events/],
    [{ url, events: ['*'], status: 'enabled' }, /body\.status/],
    [{ url, events: ['*'], description: 'd'.repeat(257) }, /body\.description/],
    [{ url, events: ['*'], colour: 'red' }, /body\.colour is not a known member/],
  ])('are not made from %j', async (body, message) => {
    const refusal = { status: 400, message: expect.stringMatching(message) };
    expect(await signedCall(dfns, account, 'POST', '/webhooks', body)).toMatchObject(refusal);
    if (!('url' in body) || !('events' in body)) return;
    const { id } = subscribe();
    expect(await signedCall(dfns, account, 'PUT', `/webhooks/${id}`, body)).toMatchObject(refusal);
    expect(() => dfns.sandbox.webhooks.create(body as never)).toThrow(message);
  });

  it('are at most five', async () => {
    for (let i = 0; i < 5; i++) subscribe();
    expect(await signedCall(dfns, account, 'POST', '/webhooks', { url, events: ['*'] })).toMatchObject({ status: 412 });
    const [first] = (await backend.webhooks.listWebhooks()).items;
    await backend.webhooks.deleteWebhook({ webhookId: first?.id ?? '' });
    expect(subscribe()).toBeDefined();
  });

  it('need the permission of each operation, and a user action for writes', async () => {
    const { id } = subscribe();
    const calls: [method: string, path: string, permission: string, body?: object][] = [
      ['POST', '/webhooks', 'Webhooks:Create', { url, events: ['*'] }],
      ['GET', '/webhooks', 'Webhooks:Read'],
      ['GET', `/webhooks/${id}`, 'Webhooks:Read'],
      ['GET', `/webhooks/${id}/events`, 'Webhooks:Events:Read'],
      ['GET', `/webhooks/${id}/events/whe-1`, 'Webhooks:Events:Read'],
      ['POST', `/webhooks/${id}/ping`, 'Webhooks:Ping'],
      ['PUT', `/webhooks/${id}`, 'Webhooks:Update', {}],
      ['DELETE', `/webhooks/${id}`, 'Webhooks:Delete'],
    ];
    const { authToken: token } = dfns.sandbox.createServiceAccount({ permissions: [] });
    dfns.sandbox.createUser({ username: 'ada', permissions: calls.map(([, , permission]) => permission) });
    const adas = dfns.sandbox.issueUserToken('ada');
    for (const [method, path, permission, body] of calls) {
      const message = expect.stringContaining(`(${permission})`);
      expect(await dfns.call(method, path, { token, body })).toMatchObject({ status: 403, message });
      const ofUser = await dfns.call(method, path, { token: adas, body });
      expect(ofUser).toMatchObject({ status: 403, message: expect.stringContaining('EndUser') });
      if (method === 'GET') continue;
      const unsigned = await dfns.call(method, path, { token: account.authToken, body });
      expect(unsigned).toMatchObject({ status: 403, message: 'user action signature is missing or invalid' });
    }
  });
});

describe('a delivery', () => {
  it('is the signed event, as compact JSON', async () => {
    const { secret } = subscribe({ events: ['wallet.created'] });
    const wallet = await backend.wallets.createWallet({ body: { network: 'EthereumSepolia', name: 'Кошелёк é☀' } });
    await dfns.sandbox.webhooks.settled();
    expect(target.received).toHaveLength(1);
    const [{ path, headers, body, event }] = target.received as [(typeof target.received)[0]];
    expect(path).toBe('/hook');
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'dfns-sandbox' });
    expect(headers['x-dfns-webhook-signature']).toBe(
      `sha256=${createHmac('sha256', secret).update(Buffer.from(body)).digest('hex')}`,
    );
    expect(event).toEqual({
      id: expect.stringMatching(/^whe-[a-z0-9]{5}-[a-z0-9]{5}-[a-z0-9]{16}$/),
      kind: 'wallet.created',
      date: new Date(START).toISOString(),
      timestampSent: START / 1_000,
      deliveryAttempt: 1,
      data: { wallet },
    });
    expect(body).toBe(JSON.stringify(event));
    expect(deliveries()).toMatchObject([{ event, body, status: '200', deliveryFailed: false }]);
  });

  it('is sent to every webhook that subscribed to the kind and is enabled', async () => {
    subscribe({ url: `${target.url}/all` });
    subscribe({ url: `${target.url}/keys`, events: ['key.created', 'key.deleted'] });
    subscribe({ url: `${target.url}/none`, events: ['policy.triggered'] });
    subscribe({ url: `${target.url}/off`, status: 'Disabled' });
    makeWallet();
    await dfns.sandbox.webhooks.settled();
    expect(target.received.map(({ path, event }) => `${path} ${event.kind}`).sort()).toEqual([
      '/hook/all key.created',
      '/hook/all wallet.created',
      '/hook/keys key.created',
    ]);
  });

  it('tells of new keys and wallets, and of signatures', async () => {
    subscribe();
    const wallet = await backend.wallets.createWallet({ body: { network: 'EthereumSepolia' } });
    const { signingKey } = wallet;
    await backend.wallets.createWallet({ body: { network: 'Polygon', signingKey: { id: signingKey.id } } });
    const body = { kind: 'Hash', hash: '00'.repeat(32) } as const;
    const signature = await backend.keys.generateSignature({ keyId: signingKey.id, body });
    await dfns.sandbox.webhooks.settled();
    expect([...target.kinds].sort()).toEqual([
      'key.created',
      'wallet.created',
      'wallet.created',
      'wallet.signature.requested',
      'wallet.signature.signed',
    ]);
    const dataOf = (kind: string) => target.received.find(({ event }) => event.kind === kind)?.event.data;
    expect(dataOf('key.created')).toMatchObject({ key: { id: signingKey.id, curve: 'secp256k1', custodial: true } });
    expect(dataOf('wallet.signature.signed')).toEqual({ signatureRequest: signature });
    const { id, dateRequested } = signature;
    const requested = { id, dateRequested, keyId: signingKey.id, requestBody: body, status: 'Pending' };
    expect(dataOf('wallet.signature.requested')).toMatchObject({ signatureRequest: requested });
    expect(dataOf('wallet.signature.requested').signatureRequest).not.toHaveProperty('signature');
  });

  it('does not delay the answer of the API', async () => {
    subscribe();
    target.answer = () => {};
    await backend.wallets.createWallet({ body: { network: 'EthereumSepolia' } });
    expect(deliveries()).toEqual([]);
  });

  it('ends when the sandbox stops', async () => {
    subscribe();
    target.answer = () => {};
    makeWallet();
    const settled = dfns.sandbox.webhooks.settled();
    await dfns.stop();
    await settled;
    await dfns.start();
  });

  it.each([201, 204, 302, 400, 500])('fails with the answer %d', async (status) => {
    subscribe({ events: ['wallet.created'] });
    target.answerWith(status, { location: `${target.url}/elsewhere` });
    makeWallet();
    await dfns.sandbox.webhooks.settled();
    const outcome = { status: String(status), error: `The answer was ${status}, and not 200`, deliveryFailed: true };
    expect(deliveries()).toMatchObject([outcome]);
    expect(target.received.map(({ path }) => path)).toEqual(['/hook']);
  });

  it('fails without an answer', async () => {
    const { id: webhookId } = subscribe({ events: ['wallet.created'] });
    target.answer = (response) => response.destroy();
    makeWallet();
    await dfns.sandbox.webhooks.settled();
    await target.stop();
    makeWallet();
    await dfns.sandbox.webhooks.settled();
    expect(deliveries()).toMatchObject([
      { webhookId, status: 'ECONNRESET', error: expect.any(String), deliveryFailed: true },
      { webhookId, status: 'ECONNREFUSED', error: expect.any(String), deliveryFailed: true },
    ]);
    target = await startTarget();
  });

  it('fails after 5 seconds', async () => {
    jest.useFakeTimers({ doNotFake: REAL });
    subscribe({ events: ['wallet.created'] });
    const arrived = new Promise<void>((resolve) => {
      target.answer = () => resolve();
    });
    makeWallet();
    await arrived;
    jest.advanceTimersByTime(4_999);
    expect(deliveries()).toEqual([]);
    jest.advanceTimersByTime(1);
    await dfns.sandbox.webhooks.settled();
    expect(deliveries()).toMatchObject([{ status: 'ETIMEDOUT', error: 'No answer within 5000 ms' }]);
  });

  it('leaves this machine only with the option remoteWebhooks', async () => {
    // This address leads to this machine, but it does not say so.
    const url = () => `http://[::ffff:127.0.0.1]:${target.port}/hook`;
    subscribe({ url: url(), events: ['wallet.created'] });
    subscribe({ url: 'https://example.com/hook', events: ['wallet.created'] });
    makeWallet();
    await dfns.sandbox.webhooks.settled();
    expect(target.received).toEqual([]);
    const error = expect.stringMatching(/^Not sent: .* is not this machine\. .* option remoteWebhooks/);
    expect(deliveries()).toMatchObject([
      { status: 'NOT_SENT', error },
      { status: 'NOT_SENT', error },
    ]);
    await open({ remoteWebhooks: true });
    subscribe({ url: url(), events: ['wallet.created'] });
    makeWallet();
    await dfns.sandbox.webhooks.settled();
    expect(deliveries()).toMatchObject([{ status: '200' }]);
  });
});

/** How often the sandbox looks at its clock. */
const TICK = 250;
/** What stays real when the timers are fake: all but `setTimeout` and `setInterval`. */
const REAL = [
  'Date',
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
] as const satisfies readonly string[] as never;

describe('a delivery that fails', () => {
  beforeEach(async () => {
    target.answerWith(503);
  });

  it('is repeated after 1 minute, 12 minutes, 2 hours and 24 hours, each with its own id, time and signature', async () => {
    const { secret } = subscribe({ events: ['wallet.created'] });
    makeWallet();
    await dfns.sandbox.webhooks.settled();
    const delays = [MINUTE, 12 * MINUTE, 2 * HOUR, DAY];
    for (const [index, delay] of delays.entries()) {
      const due = new Date(START + delay).toISOString();
      expect(deliveries().at(-1)).toMatchObject({ nextAttemptDate: due, deliveryFailed: true });
      await passTo(delay - 1);
      expect(target.received).toHaveLength(index + 1);
      await passTo(delay);
      expect(target.received).toHaveLength(index + 2);
    }
    expect(deliveries()).toHaveLength(5);
    expect(deliveries().at(-1)).not.toHaveProperty('nextAttemptDate');
    await passTo(30 * DAY);
    expect(target.received).toHaveLength(5);
    const [
      {
        event: { date, data },
      },
    ] = target.received as [(typeof target.received)[0]];
    for (const [index, { body, headers, event }] of target.received.entries()) {
      expect(event).toMatchObject({ kind: 'wallet.created', date, data, deliveryAttempt: index + 1 });
      expect(event.timestampSent).toBe((START + (delays[index - 1] ?? 0)) / 1_000);
      expect(event.retryOf).toBe(target.received[index - 1]?.event.id);
      expect(headers['x-dfns-webhook-signature']).toBe(
        `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
      );
    }
    expect(new Set(target.received.map(({ event }) => event.id)).size).toBe(5);
  });

  it('is repeated until it succeeds', async () => {
    subscribe({ events: ['wallet.created'] });
    makeWallet();
    await dfns.sandbox.webhooks.settled();
    target.answerWith(200);
    await passTo(DAY);
    await passTo(2 * DAY);
    expect(target.received).toHaveLength(2);
    expect(deliveries().at(-1)).not.toHaveProperty('nextAttemptDate');
  });

  it('is repeated at once as often as it was missed', async () => {
    subscribe({ events: ['wallet.created'] });
    makeWallet();
    await passTo(3 * HOUR);
    expect(target.received.map(({ event }) => event.deliveryAttempt)).toEqual([1, 2, 3, 4]);
  });

  it('is repeated by a timer', async () => {
    jest.useFakeTimers({ doNotFake: REAL });
    subscribe({ events: ['wallet.created'] });
    makeWallet();
    await dfns.sandbox.webhooks.settled();
    for (const after of [MINUTE, 12 * MINUTE]) {
      const { length } = target.received;
      now = START + after - 1;
      jest.advanceTimersByTime(HOUR);
      await dfns.sandbox.webhooks.settled();
      expect(target.received).toHaveLength(length);
      now = START + after;
      jest.advanceTimersByTime(TICK);
      await dfns.sandbox.webhooks.settled();
      expect(target.received).toHaveLength(length + 1);
    }
    await dfns.stop();
    const before = looks;
    jest.advanceTimersByTime(HOUR);
    expect(looks).toBe(before);
    await dfns.start();
  });

  it('is not planned again if it ends after the sandbox has stopped', async () => {
    jest.useFakeTimers({ doNotFake: REAL });
    const { webhooks } = dfns.sandbox;
    const arrived = new Promise<void>((resolve) => {
      target.answer = () => resolve();
    });
    subscribe({ events: ['wallet.created'] });
    makeWallet();
    await arrived;
    await dfns.stop();
    await webhooks.settled();
    const before = looks;
    jest.advanceTimersByTime(HOUR);
    expect(looks).toBe(before);
    await dfns.start();
  });

  it.each(['Disabled', 'deleted'])('is not repeated if the webhook is %s when it is due', async (state) => {
    const { id: webhookId } = subscribe({ events: ['wallet.created'] });
    makeWallet();
    await dfns.sandbox.webhooks.settled();
    if (state === 'deleted') await backend.webhooks.deleteWebhook({ webhookId });
    else await backend.webhooks.updateWebhook({ webhookId, body: { status: 'Disabled' } as never });
    await passTo(MINUTE);
    if (state === 'Disabled') {
      await backend.webhooks.updateWebhook({ webhookId, body: { status: 'Enabled' } as never });
    }
    await passTo(2 * DAY);
    expect(target.received).toHaveLength(1);
  });

  it('goes on if the webhook is enabled again before it is due', async () => {
    const { id: webhookId } = subscribe({ events: ['wallet.created'] });
    makeWallet();
    await dfns.sandbox.webhooks.settled();
    for (const status of ['Disabled', 'Enabled']) {
      await backend.webhooks.updateWebhook({ webhookId, body: { status } as never });
    }
    await passTo(MINUTE);
    expect(target.received).toHaveLength(2);
  });
});

describe('stored events', () => {
  it('are listed with their outcome, by kind and by failure', async () => {
    const { id: webhookId } = subscribe();
    subscribe({ url: 'http://127.0.0.1:9/other' });
    makeWallet();
    await dfns.sandbox.webhooks.settled();
    target.answerWith(500);
    makeWallet();
    await dfns.sandbox.webhooks.settled();
    const listed = async (query: object) =>
      (await backend.webhooks.listWebhookEvents({ webhookId, query })).items.map(({ kind, status }) => [kind, status]);
    expect((await listed({})).sort()).toEqual([
      ['key.created', '200'],
      ['key.created', '500'],
      ['wallet.created', '200'],
      ['wallet.created', '500'],
    ]);
    expect(await listed({ kind: 'key.created', deliveryFailed: 'true' })).toEqual([['key.created', '500']]);
    expect(await listed({ kind: 'key.created', deliveryFailed: 'false' })).toEqual([['key.created', '200']]);
    const first = await backend.webhooks.listWebhookEvents({ webhookId, query: { limit: 3 } as never });
    expect([first.items.length, (await listed({ paginationToken: first.nextPageToken })).length]).toEqual([3, 1]);
    const [event] = first.items;
    const webhookEventId = event?.id ?? '';
    expect(await backend.webhooks.getWebhookEvent({ webhookId, webhookEventId })).toEqual(event);
  });

  it.each(['limit=201', 'limit=0', 'kind=other', 'deliveryFailed=yes'])('are not listed with %s', async (query) => {
    const { id } = subscribe();
    const { status } = await dfns.call('GET', `/webhooks/${id}/events?${query}`, { token: account.authToken });
    expect(status).toBe(400);
  });

  it('are found by their id, with their webhook', async () => {
    const { id } = subscribe();
    const paths = [`/webhooks/${id}/events/whe-1`, '/webhooks/wh-1/events', '/webhooks/wh-1/events/whe-1'];
    for (const path of paths) {
      expect(await dfns.call('GET', path, { token: account.authToken })).toMatchObject({ status: 404 });
    }
  });

  it('are kept for 31 days', async () => {
    const { id: webhookId } = subscribe({ events: ['wallet.created'] });
    makeWallet();
    await dfns.sandbox.webhooks.settled();
    now = START + 31 * DAY - 1;
    expect((await backend.webhooks.listWebhookEvents({ webhookId })).items).toHaveLength(1);
    now = START + 31 * DAY;
    expect((await backend.webhooks.listWebhookEvents({ webhookId })).items).toEqual([]);
    expect(deliveries()).toEqual([]);
  });
});

describe('a ping', () => {
  it.each([
    [['*'], 'wallet.created'],
    [['key.created', 'wallet.created'], 'wallet.created'],
    [['policy.triggered', 'key.created'], 'policy.triggered'],
  ])('of %j sends %s, signed and not stored', async (events, kind) => {
    const { id: webhookId, secret } = subscribe({ events });
    expect(await backend.webhooks.pingWebhook({ webhookId })).toEqual({ status: '200' });
    const [{ headers, body, event }] = target.received as [(typeof target.received)[0]];
    expect(event).toMatchObject({ kind, deliveryAttempt: 1, data: { test: true } });
    const digest = createHmac('sha256', secret).update(body).digest('hex');
    expect(headers['x-dfns-webhook-signature']).toBe(`sha256=${digest}`);
    expect(deliveries()).toEqual([]);
  });

  it('is answered 200 also if the target fails', async () => {
    const { id: webhookId } = subscribe({ status: 'Disabled' });
    target.answerWith(500);
    const ping = () => backend.webhooks.pingWebhook({ webhookId });
    expect(await ping()).toEqual({ status: '500', error: 'The answer was 500, and not 200' });
    await target.stop();
    expect(await ping()).toEqual({ status: 'ECONNREFUSED', error: expect.stringContaining('ECONNREFUSED') });
    target = await startTarget();
  });
});
