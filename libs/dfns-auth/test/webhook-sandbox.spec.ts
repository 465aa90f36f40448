import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DfnsWebhookEvent } from 'nestjs-dfns-auth';
import { optionsFor } from './support/library-instance.js';
import { useSandboxForEachTest } from './support/use-sandbox.js';
import { ADAPTERS, WebhookApplication } from './support/webhook-application.js';

const MINUTE = 60_000;

describe.each(ADAPTERS)('deliveries of the sandbox to %s', (_, adapter) => {
  let now: number;
  let app: WebhookApplication;
  let secrets: string[];
  let handled: DfnsWebhookEvent[];
  let failures: number;
  const world = useSandboxForEachTest({ now: () => now });

  beforeEach(async () => {
    now = Date.now();
    handled = [];
    failures = 0;
    secrets = ['whs-before-the-first-webhook'];
    app = await WebhookApplication.start({
      options: optionsFor(world.sandbox, {
        webhooks: { secrets: [() => secrets[0] as string, () => secrets.at(-1) as string] },
      }),
      handle: async (event) => {
        failures -= 1;
        if (failures >= 0) throw new Error('the database is down');
        handled.push(event);
      },
      now: () => now,
      adapter: adapter(),
    });
  });
  afterEach(() => app.close());

  const subscribe = () => world.sandbox.webhooks.create({ url: `${app.url}/hook`, events: ['wallet.created'] });
  const statuses = () => world.sandbox.webhooks.deliveries.map(({ status }) => status);
  const makeWallet = async () => {
    const wallet = world.sandbox.createWallet({ network: 'EthereumSepolia', name: 'Кошелёк é☀ 😀' });
    await world.sandbox.webhooks.settled();
    return wallet;
  };

  it('arrive as typed events', async () => {
    secrets = [subscribe().secret];
    const wallet = await makeWallet();
    expect(statuses()).toEqual(['200']);
    const [event] = handled;
    expect(event?.kind === 'wallet.created' && event.data.wallet).toEqual(JSON.parse(JSON.stringify(wallet)));
  });

  it('are refused until the secret is known, and handled with a retry then', async () => {
    const { secret } = subscribe();
    await makeWallet();
    expect({ statuses: statuses(), handled }).toEqual({ statuses: ['401'], handled: [] });
    secrets = [secret];
    now += MINUTE;
    await world.sandbox.webhooks.deliverDue();
    expect(statuses()).toEqual(['401', '200']);
    expect(handled).toHaveLength(1);
  });

  it('are handled once, with the attempt after the handler failed', async () => {
    secrets = [subscribe().secret];
    failures = 2;
    await makeWallet();
    for (const minutes of [1, 11, 600]) {
      now += minutes * MINUTE;
      await world.sandbox.webhooks.deliverDue();
    }
    expect(statuses()).toEqual(['500', '500', '200']);
    expect(handled).toMatchObject([{ deliveryAttempt: 3, retryOf: expect.stringMatching(/^whe-/) }]);
  });

  it('are handled once while one webhook replaces another', async () => {
    secrets = [subscribe().secret, subscribe().secret];
    await makeWallet();
    expect(statuses()).toEqual(['200', '200']);
    expect(handled).toHaveLength(1);
  });
});
