import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { list, object, oneOf, optional, satisfying, text, type ValueOf } from '../bodies/shape.js';
import { identifier } from '../configuration/identifier.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { bodyInvalid, notFound, Refusal } from '../errors/refusals.js';
import { KeptState } from '../state/kept-state.js';
import { IssuedSecrets } from '../tokens/issued-secrets.js';
import { subscription } from './event-kinds.js';

/** The number of webhooks of an organisation (dfns-api 6.4). */
const MAX_WEBHOOKS = 5;

const url = satisfying<string>('a URL with http or https', (value) => {
  const text = String(value);
  return typeof value === 'string' && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
});
const events = satisfying<string[]>('a list with one kind of event or more, or "*"', (value) => {
  return Array.isArray(value) && value.length > 0 && list(subscription()).problems(value, '').length === 0;
});
const members = {
  status: optional(oneOf('Enabled', 'Disabled')),
  description: optional(text({ min: 0, max: 256 })),
};
/** The body of `POST /webhooks` (dfns-api 17.1). */
export const newWebhook = object({ ...members, url, events });
/** The body of `PUT /webhooks/{webhookId}`. It replaces the members that it has. */
export const webhookChange = object({ ...members, url: optional(url), events: optional(events) });

/** The body of `POST /webhooks`. */
export type WebhookRequest = ValueOf<typeof newWebhook>;

/** A webhook of the organisation. */
export interface Webhook {
  id: string;
  url: string;
  /** Kinds of events, or `*`. */
  events: string[];
  status: 'Enabled' | 'Disabled';
  description?: string;
  dateCreated: string;
  dateUpdated: string;
}

/** A new webhook. No later answer has the secret. */
export interface CreatedWebhook extends Webhook {
  secret: string;
}

/** The webhooks of the organisation, with their secrets. */
@Injectable()
export class WebhookStore {
  readonly #webhooks: Map<string, Webhook>;
  readonly #secrets: Map<string, string>;

  constructor(
    private readonly config: SandboxConfig,
    private readonly issued: IssuedSecrets,
    state: KeptState,
  ) {
    this.#webhooks = state.keep('webhooks', new Map());
    this.#secrets = state.keep('webhook secrets', new Map());
  }

  /** @throws Refusal 400 for a wrong request, 412 if there are 5 webhooks (dfns-api 17.9) */
  create(request: WebhookRequest): CreatedWebhook {
    const problems = newWebhook.problems(request, 'body');
    if (problems.length > 0) throw bodyInvalid(problems);
    if (this.#webhooks.size >= MAX_WEBHOOKS) throw new Refusal(412, `There are ${MAX_WEBHOOKS} webhooks already`);
    const date = this.config.date();
    const webhook: Webhook = {
      id: identifier('wh'),
      status: 'Enabled',
      ...request,
      dateCreated: date,
      dateUpdated: date,
    };
    const secret = this.issued.add(`whs-${randomBytes(24).toString('base64url')}`);
    this.#webhooks.set(webhook.id, webhook);
    this.#secrets.set(webhook.id, secret);
    return { ...webhook, secret };
  }

  /** Oldest first. */
  all(): Webhook[] {
    return [...this.#webhooks.values()];
  }

  /** @throws Refusal 404 `webhook not found` */
  get(webhookId: string): Webhook {
    const webhook = this.#webhooks.get(webhookId);
    if (!webhook) throw notFound('webhook', { webhookId, orgId: this.config.orgId });
    return webhook;
  }

  /** @throws Refusal 404 */
  update(webhookId: string, change: Partial<WebhookRequest>): Webhook {
    return Object.assign(this.get(webhookId), change, { dateUpdated: this.config.date() });
  }

  /** @throws Refusal 404 */
  delete(webhookId: string): void {
    this.#webhooks.delete(this.get(webhookId).id);
    this.#secrets.delete(webhookId);
  }

  /** The webhook with its secret, if it exists and is enabled. */
  enabled(webhookId: string): CreatedWebhook | undefined {
    const webhook = this.#webhooks.get(webhookId);
    return webhook?.status === 'Enabled' ? this.withSecret(webhook) : undefined;
  }

  withSecret(webhook: Webhook): CreatedWebhook {
    return { ...webhook, secret: this.#secrets.get(webhook.id) ?? '' };
  }
}
