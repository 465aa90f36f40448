import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { identifier } from '../configuration/identifier.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { type PlatformEvent, PlatformEvents } from '../events/platform-events.js';
import { type DeliveryOutcome, DeliverySender } from './delivery-sender.js';
import { type CreatedWebhook, WebhookStore } from './webhook-store.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Milliseconds from the first attempt to the second, third, fourth and fifth (dfns-api 17.5). */
const RETRIES_MS = [MINUTE_MS, 12 * MINUTE_MS, 2 * HOUR_MS, 24 * HOUR_MS];
const DAYS_KEPT = 31;
/** Milliseconds that a timer waits at least, so that a clock that stands still costs nothing. */
const MIN_TIMER_MS = 1_000;

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
 * Sends what happens to the webhooks that subscribed to it, and repeats what fails. Nothing waits for a delivery. A
 * timer sends retries when they are due by the clock of the sandbox; with a clock of its own, a test calls `deliverDue`.
 */
@Injectable()
export class WebhookDeliveries implements OnModuleDestroy {
  readonly #underWay = new Set<Promise<void>>();
  readonly #stopListening: () => void;
  #ended: WebhookDelivery[] = [];
  #retries: Retry[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(
    private readonly config: SandboxConfig,
    private readonly webhooks: WebhookStore,
    private readonly sender: DeliverySender,
    events: PlatformEvents,
  ) {
    this.#stopListening = events.listen((event) => this.#deliver(event));
  }

  /** The attempts of the last 31 days that have ended, oldest first. */
  get all(): WebhookDelivery[] {
    const oldest = this.config.now() - this.config.daysMs(DAYS_KEPT);
    this.#ended = this.#ended.filter(({ event }) => event.timestampSent * 1_000 > oldest);
    return [...this.#ended];
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
    this.#isStopped = true;
    this.#stopListening();
    clearTimeout(this.#timer);
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
    const delayMs = RETRIES_MS[event.deliveryAttempt - 1];
    const dueAt = outcome.error !== undefined && delayMs !== undefined ? firstAt + delayMs : undefined;
    this.#ended.push({
      webhookId,
      event,
      body,
      ...outcome,
      deliveryFailed: outcome.error !== undefined,
      ...(dueAt !== undefined && { nextAttemptDate: new Date(dueAt).toISOString() }),
    });
    if (dueAt === undefined) return;
    this.#retries.push({ webhookId, event, firstAt, dueAt });
    this.#setTimer();
  }

  /** Starts the retries that are due, and drops those of webhooks that are disabled or deleted (dfns-api 17.8). */
  #sendDue(): boolean {
    const now = this.config.now();
    const due = this.#retries.filter(({ dueAt }) => dueAt <= now);
    this.#retries = this.#retries.filter(({ dueAt }) => dueAt > now);
    for (const { webhookId, event, firstAt } of due) {
      const webhook = this.webhooks.enabled(webhookId);
      if (webhook) this.#start(webhook, this.#event(event.kind, event.date, event.data, event), firstAt);
    }
    return due.length > 0;
  }

  /** Waits for the next retry. The timer does not keep the process alive. */
  #setTimer(): void {
    clearTimeout(this.#timer);
    const [first] = this.#retries.map(({ dueAt }) => dueAt).sort((one, other) => one - other);
    if (first === undefined || this.#isStopped) return;
    const sendDue = () => {
      this.#sendDue();
      this.#setTimer();
    };
    this.#timer = setTimeout(sendDue, Math.max(MIN_TIMER_MS, first - this.config.now()));
    this.#timer.unref();
  }
}
