import { described, list, object, optional, text } from '../../bodies/shape.js';
import type { SandboxWebhooks } from '../../webhooks/sandbox-webhooks.js';
import type { WebhookRequest, WebhookStore } from '../../webhooks/webhook-store.js';
import { optionalText, type Section } from '../section.js';

const webhookBody = object({
  url: described('http or https.', text()),
  events: described('Kinds of events; * means all. Default: *.', optional(list(text()))),
  description: optionalText('For people.'),
});

/** `webhooks`: who hears what happens. */
export function webhooksSection(webhooks: WebhookStore): Section {
  return {
    name: 'webhooks',
    title: 'Webhooks',
    words: 'Addresses that hear what happens in the organisation. They check the signature with the secret.',
    empty: 'There is no webhook yet. Nobody hears what happens.',
    columns: [
      { member: 'url', title: 'URL', as: 'code' },
      { member: 'events', title: 'Events', as: 'details' },
      { member: 'status', title: 'State', as: 'state' },
      { member: 'description', title: 'Description' },
      { member: 'secret', title: 'Secret', as: 'code' },
      { member: 'webhookId', title: 'Id', as: 'code' },
      { member: 'dateCreated', title: 'Created', as: 'date' },
    ],
    list: () =>
      webhooks.all().map((webhook) => ({
        ...webhook,
        secret: webhooks.withSecret(webhook).secret,
        webhookId: webhook.id,
        actions: webhook.status === 'Enabled' ? ['disable'] : ['enable'],
      })),
    create: {
      label: 'Add a webhook',
      words: 'Makes a webhook. The answer has the secret of its signatures.',
      body: webhookBody,
      form: ['url', 'description'],
      run: (body: Omit<WebhookRequest, 'events'> & { events?: string[] }) =>
        webhooks.create({ events: ['*'], ...body }),
    },
    actions: {
      disable: {
        label: 'Disable',
        words: 'Sends nothing to it any more.',
        run: (id) => void webhooks.update(id, { status: 'Disabled' }),
      },
      enable: {
        label: 'Enable',
        words: 'Sends to it what happens from now on.',
        run: (id) => void webhooks.update(id, { status: 'Enabled' }),
      },
    },
  };
}

/** `webhook-deliveries`: the attempts to deliver events. */
export function deliveriesSection(webhooks: SandboxWebhooks, store: WebhookStore): Section {
  const urlOf = (webhookId: string) => store.all().find(({ id }) => id === webhookId)?.url ?? webhookId;
  return {
    name: 'webhook-deliveries',
    title: 'Deliveries',
    words: 'Each attempt to deliver an event to a webhook. A delivery that fails is repeated four times in 24 hours.',
    empty: 'Nothing was delivered yet.',
    columns: [
      { member: 'kind', title: 'Event' },
      { member: 'url', title: 'URL', as: 'code' },
      { member: 'attempt', title: 'Attempt' },
      { member: 'state', title: 'State', as: 'state' },
      { member: 'nextAttemptDate', title: 'Next attempt', as: 'date' },
      { member: 'attempted', title: 'Body', as: 'details' },
    ],
    list: () =>
      webhooks.deliveries.map(({ webhookId, event, status, error, deliveryFailed, nextAttemptDate }) => ({
        id: event.id,
        kind: event.kind,
        url: urlOf(webhookId),
        attempt: event.deliveryAttempt,
        state: deliveryFailed ? 'Not delivered' : 'Delivered',
        answer: error ?? status,
        nextAttemptDate,
        attempted: { sent: new Date(event.timestampSent * 1_000).toISOString(), answer: error ?? status, body: event },
        actions: [],
      })),
    create: {
      label: 'Deliver due now',
      words: 'Sends all deliveries that are due by the clock, and waits for their outcome.',
      run: () => webhooks.deliverDue(),
    },
  };
}
