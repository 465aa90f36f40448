import type { Clock, DfnsAuthConfig } from '../config/config.js';
import { DfnsError } from '../errors/dfns-error.js';
import { HandledEvents } from './handled-events.js';
import type { DfnsWebhookEvent } from './webhook-event.js';
import { verifyDfnsWebhook } from './webhook-signature.js';

/**
 * Injection token of the {@link WebhookReceiver} of an instance. It is a global symbol, so that a second copy of the
 * package finds it.
 */
export const webhookReceiverToken = (instance = ''): symbol => Symbol.for(`nestjs-dfns-auth/webhooks/${instance}`);

/** Checks the deliveries of one instance, and has each event handled once. */
export class WebhookReceiver {
  readonly #config: DfnsAuthConfig;
  readonly #now: Clock;
  readonly #handled: HandledEvents;

  constructor(config: DfnsAuthConfig, now: Clock, instance = '') {
    this.#config = config;
    this.#now = now;
    this.#handled = new HandledEvents(config.webhooks.store, now, instance);
  }

  /** @throws DfnsError `DFNS_CONFIGURATION` without secrets */
  assertConfigured(): void {
    if (this.#config.webhooks.secrets) return;
    throw new DfnsError(
      'DFNS_CONFIGURATION',
      'a handler has @DfnsWebhook(), but there is no secret: set webhooks.secrets (DFNS_WEBHOOK_SECRETS) to the secret that Dfns showed when the webhook was created',
    );
  }

  /** @throws DfnsError as `verifyDfnsWebhook` */
  async verify(rawBody: Uint8Array, header: string | string[] | undefined): Promise<DfnsWebhookEvent> {
    this.assertConfigured();
    const secrets = (await this.#config.webhooks.secrets?.read()) ?? [];
    return verifyDfnsWebhook(rawBody, header, { secrets, now: this.#now() });
  }

  /** See {@link HandledEvents.once}. */
  once<T>(handler: string, event: DfnsWebhookEvent, handle: () => Promise<T>): Promise<T | undefined> {
    return this.#handled.once(handler, event, handle);
  }
}
