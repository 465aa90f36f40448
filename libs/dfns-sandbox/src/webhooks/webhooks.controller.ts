import { Controller, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { Access, type AccessRule } from '../access/access-rule.js';
import { JsonBody } from '../bodies/json-body.decorator.js';
import { object, oneOf, optional, type ValueOf } from '../bodies/shape.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { bodyInvalid, notFound } from '../errors/refusals.js';
import { type PageQuery, page } from '../server/page.js';
import { eventKind } from './event-kinds.js';
import { WebhookDeliveries, type WebhookDelivery } from './webhook-deliveries.js';
import { newWebhook, type WebhookRequest, WebhookStore, webhookChange } from './webhook-store.js';

const callers: AccessRule['callers'] = ['CustomerEmployee', 'ServiceAccount'];
const noBody = object({});
const eventQuery = object(
  { kind: optional(eventKind()), deliveryFailed: optional(oneOf('true', 'false')) },
  { open: true },
);

/** `/webhooks` (dfns-api 17.1, 17.8). */
@Controller('webhooks')
export class WebhooksController {
  constructor(
    private readonly config: SandboxConfig,
    private readonly webhooks: WebhookStore,
    private readonly deliveries: WebhookDeliveries,
  ) {}

  @Post()
  @Access({ callers, operation: 'createWebhooks', userAction: true })
  create(@JsonBody(newWebhook) body: WebhookRequest) {
    return this.webhooks.create(body);
  }

  @Get()
  @Access({ callers, operation: 'readWebhooks' })
  list(@Query() query: PageQuery) {
    return page(this.webhooks.all(), query);
  }

  @Get(':webhookId')
  @Access({ callers, operation: 'readWebhooks' })
  get(@Param('webhookId') webhookId: string) {
    return this.webhooks.get(webhookId);
  }

  @Put(':webhookId')
  @Access({ callers, operation: 'updateWebhooks', userAction: true })
  update(@Param('webhookId') webhookId: string, @JsonBody(webhookChange) body: ValueOf<typeof webhookChange>) {
    return this.webhooks.update(webhookId, body);
  }

  @Delete(':webhookId')
  @Access({ callers, operation: 'deleteWebhooks', userAction: true })
  delete(@Param('webhookId') webhookId: string, @JsonBody(noBody) _body: object) {
    this.webhooks.delete(webhookId);
    return { deleted: true };
  }

  @Post(':webhookId/ping')
  @Access({ callers, operation: 'pingWebhooks', userAction: true })
  ping(@Param('webhookId') webhookId: string, @JsonBody(noBody) _body: object) {
    return this.deliveries.ping(this.webhooks.withSecret(this.webhooks.get(webhookId)));
  }

  @Get(':webhookId/events')
  @Access({ callers, operation: 'readWebhookEvents' })
  listEvents(@Param('webhookId') webhookId: string, @Query() query: PageQuery & ValueOf<typeof eventQuery>) {
    const problems = eventQuery.problems(query, 'query');
    if (problems.length > 0) throw bodyInvalid(problems);
    const { kind, deliveryFailed } = query;
    const shown = this.#deliveriesOf(webhookId)
      .filter(({ event }) => kind === undefined || event.kind === kind)
      .filter((delivery) => deliveryFailed === undefined || String(delivery.deliveryFailed) === deliveryFailed);
    const { items, nextPageToken } = page(shown, query);
    return { items: items.map(eventAnswer), nextPageToken };
  }

  @Get(':webhookId/events/:eventId')
  @Access({ callers, operation: 'readWebhookEvents' })
  getEvent(@Param('webhookId') webhookId: string, @Param('eventId') eventId: string) {
    const delivery = this.#deliveriesOf(webhookId).find(({ event }) => event.id === eventId);
    if (!delivery) throw notFound('webhook event', { webhookId, eventId, orgId: this.config.orgId });
    return eventAnswer(delivery);
  }

  #deliveriesOf(webhookId: string): WebhookDelivery[] {
    const { id } = this.webhooks.get(webhookId);
    return this.deliveries.all.filter((delivery) => delivery.webhookId === id);
  }
}

/** The JSON object that the API returns for an attempt (dfns-api 17.8). */
function eventAnswer({ event, status, error, deliveryFailed, nextAttemptDate }: WebhookDelivery) {
  return { ...event, status, error, deliveryFailed, nextAttemptDate };
}
