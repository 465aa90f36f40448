import { afterEach, describe, expect, it } from '@jest/globals';
import type { DfnsAuthModuleOptions, DfnsWebhookEvent, WebhookStore } from 'nestjs-dfns-auth';
import { failureOf } from './support/failure-of.js';
import { optionsFor } from './support/library-instance.js';
import { useSandbox } from './support/use-sandbox.js';
import { waitUntil } from './support/wait-until.js';
import { ADAPTERS, WebhookApplication, type WebhookApplicationOptions } from './support/webhook-application.js';
import { deliver, SECRET, signedDelivery, transferEvent, webhookVectors } from './support/webhook-deliveries.js';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const world = useSandbox();
let now = 1_790_000_000_000;
let app: WebhookApplication | undefined;
let handled: DfnsWebhookEvent[] = [];
let lines: string[] = [];
let logged = () => {};
const nextLine = () => new Promise<void>((resolve) => (logged = resolve));

afterEach(async () => {
  await app?.close();
  app = undefined;
  handled = [];
  lines = [];
  now = 1_790_000_000_000;
});

/** Starts the application. Returns a function that sends an event to its handler. */
async function serve(
  webhooks: DfnsAuthModuleOptions['webhooks'] = { secrets: SECRET },
  more: Partial<WebhookApplicationOptions> = {},
) {
  const started = await WebhookApplication.start({
    options: optionsFor(world.sandbox, { webhooks }),
    handle: (event) => void handled.push(event),
    now: () => now,
    log: (line) => {
      lines.push(line);
      logged();
    },
    ...more,
  });
  app = started;
  const send = async (event: object, secret?: string, path = 'hook') =>
    (await deliver(`${started.url}/${path}`, signedDelivery(event, secret))).status;
  return Object.assign(send, { url: started.url });
}

/** A store that forgets everything. */
const forgetful: WebhookStore = { get: async () => undefined, set: async () => {} };

describe.each(ADAPTERS)('@DfnsWebhook() on %s', (_, adapter) => {
  it.each([SECRET, 'whs-8AZnuf-UcNsMOBM3JIkGuV14YuFB-C-B'])(
    'gives the verdicts of the published deliveries',
    async (secret) => {
      const vectors = webhookVectors.filter((vector) => vector.secret === secret);
      const { url } = await serve({ secrets: secret, store: forgetful }, { adapter: adapter() });
      for (const { name, body, header, now: seconds, expected, reason } of vectors) {
        now = seconds * 1_000;
        handled = [];
        const { status } = await deliver(`${url}/hook`, { body, header });
        const isRefused = reason === 'bad timestamp' ? status === 401 || status === 400 : status === 401;
        expect({ name, isAccepted: status === 200, isRefused }).toEqual({
          name,
          isAccepted: expected.raw,
          isRefused: !expected.raw,
        });
        expect(handled).toEqual(expected.raw ? [JSON.parse(body)] : []);
      }
    },
  );

  it('answers 200 with what the handler returns', async () => {
    const { url } = await serve(undefined, { adapter: adapter(), handle: async () => ({ done: true }) });
    const answer = await deliver(`${url}/hook`, signedDelivery(transferEvent(now)));
    expect(answer).toEqual({ status: 200, text: '{"done":true}' });
  });

  it('calls the handler once for all attempts of an event, and answers 200 to all', async () => {
    const send = await serve(undefined, { adapter: adapter() });
    const first = transferEvent(now);
    const statuses = [await send(first), await send(first)];
    for (const [deliveryAttempt, delayMs] of [MINUTE, 12 * MINUTE, 2 * HOUR, 24 * HOUR].entries()) {
      now = 1_790_000_000_000 + delayMs;
      statuses.push(await send(transferEvent(now, { deliveryAttempt: deliveryAttempt + 2, retryOf: first['id'] })));
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200]);
    expect(handled).toEqual([first]);
  });

  it('calls the handler again after it failed, and not after it succeeded', async () => {
    let failures = 2;
    const handle = async (event: DfnsWebhookEvent) => {
      if (failures-- > 0) throw new Error('the database is down');
      handled.push(event);
    };
    const send = await serve(undefined, { adapter: adapter(), handle });
    const statuses: number[] = [];
    for (let attempt = 1; attempt <= 4; attempt++) statuses.push(await send(transferEvent(now)));
    expect(statuses).toEqual([500, 500, 200, 200]);
    expect(handled).toHaveLength(1);
  });

  it('without the raw body says how to switch it on, in the log only', async () => {
    const { url } = await serve(undefined, { adapter: adapter(), rawBody: false });
    const { status, text } = await deliver(`${url}/hook`, signedDelivery(transferEvent(now)));
    expect(status).toBe(500);
    expect(JSON.parse(text)).toMatchObject({ code: 'DFNS_CONFIGURATION' });
    expect(text).not.toContain('rawBody');
    expect(lines.join()).toContain('NestFactory.create(AppModule, { rawBody: true })');
  });

  it('refuses another body than JSON', async () => {
    const { url } = await serve(undefined, { adapter: adapter() });
    const { status } = await deliver(`${url}/hook`, signedDelivery(transferEvent(now)), 'text/plain');
    expect([401, 415]).toContain(status);
    expect(handled).toEqual([]);
  });

  it('tells a client nothing, and the log the reason', async () => {
    const { url } = await serve(undefined, { adapter: adapter() });
    const forged = signedDelivery(transferEvent(now), 'whs-forged');
    const stale = signedDelivery(transferEvent(now - HOUR));
    const answers = [await deliver(`${url}/hook`, forged), await deliver(`${url}/hook`, stale)];
    const body = { statusCode: 401, error: 'Unauthorized', message: 'The delivery was not accepted.' };
    for (const { status, text } of answers) {
      expect({ status, body: JSON.parse(text) }).toEqual({
        status: 401,
        body: { ...body, code: 'DFNS_WEBHOOK_REFUSED' },
      });
    }
    expect(lines).toEqual([expect.stringContaining('none of the secrets'), expect.stringContaining('3600 s ago')]);
    expect(lines.join()).not.toContain(SECRET);
  });

  it('is needed by @DfnsWebhookEvent()', async () => {
    const send = await serve(undefined, { adapter: adapter() });
    expect(await send(transferEvent(now), SECRET, 'bare')).toBe(500);
    expect(lines.join()).toContain('WebhookController.bare takes a webhook event, but has no @DfnsWebhook(): add it');
  });
});

describe('events that are no duplicates', () => {
  const wallet = { id: 'wa-1', status: 'Active' };
  it.each([
    ['another kind', { kind: 'wallet.transfer.failed' }],
    ['another id', { data: { transferRequest: { id: 'xfr-2', status: 'Confirmed' } } }],
    ['another status', { data: { transferRequest: { id: 'xfr-5gz0f-bvpq3-8618e3ffhsks1u0i', status: 'Failed' } } }],
  ])('have %s', async (_, members) => {
    const send = await serve();
    await send(transferEvent(now));
    await send(transferEvent(now, members));
    expect(handled).toHaveLength(2);
  });

  it.each([
    ['wallet.tags.modified', { wallet, tagsAdded: ['a'], tagsRemoved: [] }],
    ['wallet.exported', { wallet }],
    ['nobody.knows.this', { wallet }],
    ['wallet.blockchainevent.detected', { blockchainEvent: { txHash: '0x1' } }],
    ['wallet.created', { test: true }],
  ])('of %s may come again for the same thing, with another date', async (kind, data) => {
    const send = await serve();
    const event = (date: string) => transferEvent(now, { kind, data, date });
    for (const date of ['2026-09-21T14:13:20.000Z', '2026-09-21T14:13:20.000Z', '2026-09-21T15:00:00.000Z']) {
      expect(await send(event(date))).toBe(200);
    }
    expect(handled.map(({ date }) => date)).toEqual(['2026-09-21T14:13:20.000Z', '2026-09-21T15:00:00.000Z']);
  });

  it('without an id differ by their data', async () => {
    const send = await serve();
    const event = (txHash: string) =>
      transferEvent(now, { kind: 'wallet.blockchainevent.detected', data: { blockchainEvent: { txHash } } });
    for (const txHash of ['0x1', '0x2', '0x1']) await send(event(txHash));
    expect(handled).toHaveLength(2);
  });

  it('go to another handler', async () => {
    const send = await serve();
    const event = transferEvent(now);
    for (const path of ['hook', 'other', 'hook', 'other']) expect(await send(event, SECRET, path)).toBe(200);
    expect(handled).toHaveLength(2);
  });

  it('come after 25 hours', async () => {
    const send = await serve();
    await send(transferEvent(now));
    now += 25 * HOUR - 1;
    await send(transferEvent(now));
    expect(handled).toHaveLength(1);
    now += 1;
    await send(transferEvent(now));
    expect(handled).toHaveLength(2);
  });
});

describe('two deliveries of one event at the same time', () => {
  /** Starts an application whose handler waits, and sends one event twice. */
  async function sendTwice(outcomes: (() => void)[]) {
    const started: (() => void)[] = [];
    const handle = () =>
      new Promise<void>((resolve, reject) => {
        const outcome = outcomes[started.length] ?? (() => {});
        started.push(() => {
          try {
            resolve(outcome());
          } catch (error) {
            reject(error);
          }
        });
      });
    const send = await serve(undefined, { handle });
    const statuses = Promise.all([send(transferEvent(now)), send(transferEvent(now))]);
    await waitUntil(() => started.length === 1);
    return { started, statuses };
  }

  it('wait for one another: the handler runs once', async () => {
    const { started, statuses } = await sendTwice([]);
    started[0]?.();
    expect(await statuses).toEqual([200, 200]);
    expect(started).toHaveLength(1);
  });

  it('and the handler fails for the first: the second is handled', async () => {
    const { started, statuses } = await sendTwice([
      () => {
        throw new Error('no');
      },
    ]);
    started[0]?.();
    await waitUntil(() => started.length === 2);
    started[1]?.();
    expect((await statuses).sort()).toEqual([200, 500]);
  });

  it('and the handler takes too long: the second is answered 503, so that Dfns sends it again', async () => {
    const { started, statuses } = await sendTwice([]);
    await nextLine();
    started[0]?.();
    expect((await statuses).sort()).toEqual([200, 503]);
    expect(lines.join()).toContain('Dfns sends it again');
    expect(started).toHaveLength(1);
  });

  it('and the handler hangs: the retry after a minute is handled', async () => {
    let calls = 0;
    const hangs = new Promise<void>(() => {});
    const send = await serve(undefined, { handle: () => (++calls === 1 ? hangs : undefined) });
    const aborted = failureOf(
      fetch(`${send.url}/hook`, { method: 'POST', signal: AbortSignal.timeout(200), ...request(transferEvent(now)) }),
    );
    await waitUntil(() => calls === 1);
    now += MINUTE;
    expect(await send(transferEvent(now))).toBe(200);
    expect(calls).toBe(2);
    await aborted;
  });
});

function request(event: object): { body: string; headers: Record<string, string> } {
  const { body, header } = signedDelivery(event);
  return { body, headers: { 'content-type': 'application/json', 'X-DFNS-WEBHOOK-SIGNATURE': header as string } };
}
