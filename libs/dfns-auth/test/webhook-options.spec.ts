// The receiver of webhooks is not public; tests here get it and the configuration by their internal tokens.
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Controller, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import * as library from 'nestjs-dfns-auth';
import { DFNS_AUTH_CONFIG } from '../src/config/config.js';
import { readEnvironment } from '../src/config/environment.js';
import { webhookReceiverToken } from '../src/webhooks/webhook-receiver.js';
import { failureOf } from './support/failure-of.js';
import { optionsFor } from './support/library-instance.js';
import { leaks, printed } from './support/secret-leaks.js';
import { useSandbox } from './support/use-sandbox.js';
import { WebhookApplication, type WebhookApplicationOptions } from './support/webhook-application.js';
import { deliver, SECRET, signedDelivery, transferEvent } from './support/webhook-deliveries.js';

const world = useSandbox();
const now = 1_790_000_000_000;
let app: { close(): Promise<void> } | undefined;
let handled: library.DfnsWebhookEvent[] = [];
let lines: string[] = [];

afterEach(async () => {
  await app?.close();
  app = undefined;
  handled = [];
  lines = [];
});

/** Starts the application. Returns a function that sends an event to its handler. */
async function serve(
  webhooks: library.DfnsAuthModuleOptions['webhooks'],
  more: Partial<WebhookApplicationOptions> = {},
) {
  const started = await WebhookApplication.start({
    options: optionsFor(world.sandbox, { webhooks }),
    handle: (event) => void handled.push(event),
    now: () => now,
    log: (line) => lines.push(line),
    ...more,
  });
  app = started;
  return async (event: object, secret?: string, path = 'hook') =>
    (await deliver(`${started.url}/${path}`, signedDelivery(event, secret))).status;
}

describe('secrets', () => {
  it('may be several while one is replaced', async () => {
    const send = await serve({ secrets: ['whs-old', 'whs-new'] });
    const statuses = [];
    for (const secret of ['whs-old', 'whs-new', 'whs-other']) statuses.push(await send(transferEvent(now), secret));
    expect(statuses).toEqual([200, 200, 401]);
    expect(handled).toHaveLength(1);
  });

  it('are asked for at each delivery, if they are functions', async () => {
    let secret = 'whs-first';
    const send = await serve({ secrets: [async () => secret, 'whs-fixed'] });
    expect(await send(transferEvent(now), 'whs-first')).toBe(200);
    secret = 'whs-second';
    expect(await send(transferEvent(now), 'whs-first')).toBe(401);
    expect(await send(transferEvent(now), 'whs-second')).toBe(200);
    expect(await send(transferEvent(now), 'whs-fixed')).toBe(200);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('whs-leaked');
      },
    ],
    ['gives nothing', () => ''],
  ])('refuse every delivery if the function %s later', async (_, later) => {
    let fetch = () => 'whs-first';
    const send = await serve({ secrets: () => fetch() });
    fetch = later;
    expect(await send(transferEvent(now), 'whs-first')).toBe(500);
    expect(await send(transferEvent(now), '')).toBe(500);
    expect(lines.join()).toContain('webhooks.secrets (DFNS_WEBHOOK_SECRETS)');
    expect(lines.join()).not.toContain('whs-leaked');
  });

  it.each([
    ['missing', undefined, /set webhooks.secrets \(DFNS_WEBHOOK_SECRETS\) to the secret/],
    [
      'missing beside a store',
      { store: new library.KeyvWebhookStore(new Map() as never) },
      /set webhooks.secrets \(DFNS_WEBHOOK_SECRETS\) to the secret/,
    ],
    ['empty', { secrets: '' }, /has an empty secret, with which anybody can sign/],
    ['an empty list', { secrets: [] }, /is an empty list/],
    ['empty in a list', { secrets: [SECRET, ''] }, /has an empty secret/],
    ['a number', { secrets: 7 as never }, /has an empty secret/],
    ['two in one text', { secrets: 'whs-a, whs-b' }, /white space/],
    [
      'given by a function that throws',
      { secrets: async () => Promise.reject(new Error('x')) },
      /could not be fetched/,
    ],
    ['given as nothing by a function', { secrets: () => '' }, /has an empty secret/],
  ])('that are %s stop the start', async (_, webhooks, words) => {
    const failed = await failureOf(
      WebhookApplication.start({ options: optionsFor(world.sandbox, { webhooks }), handle: () => {} }),
    );
    expect(failed).toMatchObject({ code: 'DFNS_CONFIGURATION', message: expect.stringMatching(words) });
    expect(failed?.message.match(/webhooks\.secrets/g)).toHaveLength(1);
  });
});

it('a named instance has its own secrets', async () => {
  const send = await serve({ secrets: 'whs-uae' }, { name: 'uae' });
  expect(await send(transferEvent(now), 'whs-uae')).toBe(200);
  expect(await send(transferEvent(now))).toBe(401);
  expect(await send(transferEvent(now), 'whs-uae', 'bare')).toBe(500);
  expect(lines.join()).toContain("has no @DfnsWebhook('uae')");
});

describe('the variable DFNS_WEBHOOK_SECRETS', () => {
  const environment = (secrets: string | undefined) => {
    const { authToken, credId, privateKey } = world.sandbox.createServiceAccount({});
    return {
      DFNS_API_URL: world.sandbox.url,
      DFNS_AUTH_TOKEN: authToken,
      DFNS_CRED_ID: credId,
      DFNS_PRIVATE_KEY: privateKey,
      DFNS_WEBHOOK_SECRETS: secrets,
    };
  };

  it('has one secret or several, separated by commas', async () => {
    for (const text of ['whs-one', 'whs-other,whs-one', ' whs-one , whs-other']) {
      const send = await serve(readEnvironment(environment(text)).webhooks);
      expect(await send(transferEvent(now), 'whs-one')).toBe(200);
      await app?.close();
    }
    app = undefined;
  });

  it('is not needed', () => {
    expect(readEnvironment(environment(undefined)).webhooks).toBeUndefined();
  });

  it.each(['whs-one,', ',', 'whs-one whs-other'])('may not be %j', (text) => {
    expect(() => readEnvironment(environment(text))).toThrow(
      /- DFNS_WEBHOOK_SECRETS has (an empty secret|white space)/,
    );
  });

  it('stays when the application adds a store', async () => {
    const { webhooks } = readEnvironment(environment('whs-one'));
    const send = await serve({ ...webhooks, store: { get: async () => undefined, set: async () => {} } });
    expect(await send(transferEvent(now), 'whs-one')).toBe(200);
  });
});

it('no printed value contains a secret of a webhook', async () => {
  const secrets = ['whs-GMsE3hyJDkG3Q9j3', 'whs-8AZnuf-UcNsMOBM3'];
  const options = optionsFor(world.sandbox, { webhooks: { secrets } });
  const module = library.DfnsAuthModule.forRoot(options);
  const context = await world.startModule(module);
  const tokens = [library.DFNS_AUTH_OPTIONS, DFNS_AUTH_CONFIG, webhookReceiverToken()];
  const values = tokens.map((token) => context.get(token, { strict: false }));
  expect(leaks([module, module.providers, ...values].map(printed).join('\n'), secrets)).toEqual([]);
});

it('a second copy of the package has a decorator that finds the module of the first', async () => {
  jest.resetModules();
  const second = await import('nestjs-dfns-auth');
  expect(second.DfnsWebhook).not.toBe(library.DfnsWebhook);

  @Controller()
  class MixedController {
    @Post('hook')
    @second.DfnsWebhook()
    hook(@library.DfnsWebhookEvent() event: library.DfnsWebhookEvent): void {
      handled.push(event);
    }
  }

  @Module({
    imports: [library.DfnsAuthModule.forRoot(optionsFor(world.sandbox, { webhooks: { secrets: SECRET } }))],
    controllers: [MixedController],
  })
  class Application {}

  const started = await NestFactory.create(Application, { logger: false, rawBody: true });
  app = started;
  await started.listen(0, '127.0.0.1');
  const event = transferEvent(Date.now());
  const { status } = await deliver(`${await started.getUrl()}/hook`, signedDelivery(event));
  expect({ status, handled }).toEqual({ status: 200, handled: [event] });
});
