import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { identifier } from '../configuration/identifier.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { Schedule } from '../configuration/schedule.js';
import { type PlatformEvent, PlatformEvents } from '../events/platform-events.js';
import { KeptState } from '../state/kept-state.js';
import { type DeliveryOutcome, DeliverySender } from './delivery-sender.js';
import { type CreatedWebhook, WebhookStore } from './webhook-store.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Milliseconds from the first attempt to the second, third, fourth and fifth (dfns-api 17.5). */
const RETRIES_MS = [MINUTE_MS, 12 * MINUTE_MS, 2 * HOUR_MS, 24 * HOUR_MS];
const DAYS_KEPT = 31;

/** The JSON object that a webhook gets (dfns-api 17.5). */
export interface WebhookEvent {
  id: string;
  kind: string;
  date: string;
  timestampSent: number;
  deliveryAttempt: number;
  data: unknown;
  retryOf?: string;
}

/** One attempt that has ended. */
export interface WebhookDelivery extends DeliveryOutcome {
  webhookId: string;
  event: WebhookEvent;
  /** The text that was signed and sent. */
  body: string;
  deliveryFailed: boolean;
  /** ISO 8601. Missing after a success and after the last attempt. */
  nextAttemptDate?: string;
}

/** A failed event with the time of its next attempt. */
interface Retry {
  webhookId: string;
  event: WebhookEvent;
  /** When the first attempt was sent. Milliseconds since the epoch, as `dueAt`. */
  firstAt: number;
  dueAt: number;
}

/**
 * Sends what happens to the webhooks that subscribed to it, and repeats what fails when it is due by the clock of the
 * sandbox. Nothing waits for a delivery.
 */
@Injectable()
export class WebhookDeliveries implements OnModuleDestroy {
  readonly #underWay = new Set<Promise<void>>();
  readonly #stopListening: () => void;
  readonly #kept: { ended: WebhookDelivery[]; retries: Retry[] };

  constructor(
    private readonly config: SandboxConfig,
    private readonly webhooks: WebhookStore,
    private readonly sender: DeliverySender,
    private readonly schedule: Schedule,
    events: PlatformEvents,
    state: KeptState,
  ) {
    this.#kept = state.keep('deliveries', { ended: [], retries: [] });
    schedule.plansAgainWith(() => {
      for (const { dueAt } of this.#kept.retries) this.#planRetry(dueAt);
    });
    this.#stopListening = events.listen((event) => this.#deliver(event));
  }

  /** The attempts of the last 31 days that have ended, oldest first. */
  get all(): WebhookDelivery[] {
    const oldest = this.config.now() - this.config.daysMs(DAYS_KEPT);
    this.#kept.ended = this.#kept.ended.filter(({ event }) => event.timestampSent * 1_000 > oldest);
    return [...this.#kept.ended];
  }

  /** Sends all retries that are due. Resolves when these, and all other deliveries under way, have ended. */
  async deliverDue(): Promise<void> {
    await this.settled();
    while (this.#sendDue()) await this.settled();
  }

  /** Resolves when no delivery is under way. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  /** Sends a test event, and waits for the outcome. It is not kept (dfns-api 17.9). */
  ping({ url, secret, events }: CreatedWebhook): Promise<DeliveryOutcome> {
    const isCreated = events.includes('*') || events.includes('wallet.created');
    const event = this.#event(isCreated ? 'wallet.created' : String(events[0]), this.config.date(), { test: true });
    return this.sender.send(url, secret, JSON.stringify(event));
  }

  onModuleDestroy(): void {
    this.#stopListening();
  }

  /** The data is copied now, because the thing may change before a retry. */
  #deliver({ kind, data }: PlatformEvent): void {
    const copy = JSON.parse(JSON.stringify(data));
    for (const { id, events } of this.webhooks.all()) {
      const webhook = events.includes('*') || events.includes(kind) ? this.webhooks.enabled(id) : undefined;
      if (webhook) this.#start(webhook, this.#event(kind, this.config.date(), copy), this.config.now());
    }
  }

  #event(kind: string, date: string, data: unknown, failed?: WebhookEvent): WebhookEvent {
    return {
      id: identifier('whe'),
      kind,
      date,
      timestampSent: Math.floor(this.config.now() / 1_000),
      deliveryAttempt: (failed?.deliveryAttempt ?? 0) + 1,
      data,
      ...(failed && { retryOf: failed.id }),
    };
  }

  #start(webhook: CreatedWebhook, event: WebhookEvent, firstAt: number): void {
    const delivery = this.#attempt(webhook, event, firstAt).finally(() => this.#underWay.delete(delivery));
    this.#underWay.add(delivery);
  }

  async #attempt({ id: webhookId, url, secret }: CreatedWebhook, event: WebhookEvent, firstAt: number): Promise<void> {
    const body = JSON.stringify(event);
    const outcome = await this.sender.send(url, secret, body);
    // A deleted webhook, or one that a reset took back, has no deliveries.
    if (!this.webhooks.all().some(({ id }) => id === webhookId)) return;
    const delayMs = RETRIES_MS[event.deliveryAttempt - 1];
    const dueAt = outcome.error !== undefined && delayMs !== undefined ? firstAt + delayMs : undefined;
    this.#kept.ended.push({
      webhookId,
      event,
      body,
      ...outcome,
      deliveryFailed: outcome.error !== undefined,
      ...(dueAt !== undefined && { nextAttemptDate: new Date(dueAt).toISOString() }),
    });
    if (dueAt === undefined) return;
    this.#kept.retries.push({ webhookId, event, firstAt, dueAt });
    this.#planRetry(dueAt);
  }

  /** Starts the retries that are due, and drops those of webhooks that are disabled or deleted (dfns-api 17.8). */
  #sendDue(): boolean {
    const now = this.config.now();
    const due = this.#kept.retries.filter(({ dueAt }) => dueAt <= now);
    this.#kept.retries = this.#kept.retries.filter(({ dueAt }) => dueAt > now);
    for (const { webhookId, event, firstAt } of due) {
      const webhook = this.webhooks.enabled(webhookId);
      if (webhook) this.#start(webhook, this.#event(event.kind, event.date, event.data, event), firstAt);
    }
    return due.length > 0;
  }

  #planRetry(dueAt: number): void {
    this.schedule.at(dueAt, () => this.#sendDue());
  }
}
