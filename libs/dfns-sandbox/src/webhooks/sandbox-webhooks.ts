import { Injectable } from '@nestjs/common';
import { WebhookDeliveries, type WebhookDelivery } from './webhook-deliveries.js';
import { type CreatedWebhook, type WebhookRequest, WebhookStore } from './webhook-store.js';

/** The webhooks of a sandbox, for the process that started it. */
@Injectable()
export class SandboxWebhooks {
  constructor(
    private readonly webhooks: WebhookStore,
    private readonly attempts: WebhookDeliveries,
  ) {}

  /** The attempts of the last 31 days that have ended, oldest first. */
  get deliveries(): WebhookDelivery[] {
    return this.attempts.all;
  }

  /** Makes a webhook without a request. */
  create(request: WebhookRequest): CreatedWebhook {
    return this.webhooks.create(request);
  }

  /**
   * Sends all retries that are due by the clock of the sandbox. Resolves when these, and all other deliveries under way,
   * have ended.
   */
  deliverDue(): Promise<void> {
    return this.attempts.deliverDue();
  }

  /** Resolves when no delivery is under way. */
  settled(): Promise<void> {
    return this.attempts.settled();
  }
}
