import { createHmac, timingSafeEqual } from 'node:crypto';
import { DfnsError } from '../errors/dfns-error.js';
import type { DfnsWebhookEvent } from './webhook-event.js';

/** The form of the header (dfns-api 17.2). */
const HEADER = /^sha256=([0-9a-f]{64})$/;
/** A delivery is refused from this distance between its time and now (dfns-api 17.3). */
const WINDOW_MS = 300_000;

/** What a delivery is checked with. */
export interface WebhookCheck {
  /** The secrets (`whs-…`) of the webhooks; one of them must have signed. */
  secrets: string | readonly string[];
  /** The current time, in milliseconds since 1970. @default Date.now() */
  now?: number;
}

/**
 * Checks the signature and the time of a delivery, and returns its event. It does not find duplicates; `DfnsWebhook`
 * does. Only the bytes as they arrived count: a body that was parsed and serialised again is refused.
 *
 * @param rawBody the bytes of the body, as they arrived
 * @param header the header `X-DFNS-WEBHOOK-SIGNATURE`
 * @throws DfnsError `DFNS_WEBHOOK_REFUSED` for a delivery that must not be used; `DFNS_CONFIGURATION` without a secret, or
 * with an empty one
 */
export function verifyDfnsWebhook(
  rawBody: string | Uint8Array,
  header: string | string[] | undefined,
  { secrets, now = Date.now() }: WebhookCheck,
): DfnsWebhookEvent {
  const keys = [secrets].flat();
  if (keys.length === 0 || keys.some((key) => typeof key !== 'string' || key === '')) {
    throw new DfnsError('DFNS_CONFIGURATION', 'a webhook has no secret, or an empty one, with which anybody can sign');
  }
  const [, digest] = HEADER.exec(typeof header === 'string' ? header : '') ?? [];
  if (digest === undefined) throw refused('the header X-DFNS-WEBHOOK-SIGNATURE is missing or has another form');
  if (!isSigned(rawBody, digest, keys)) {
    throw refused('none of the secrets made the signature: compare webhooks.secrets, and the body that was received');
  }
  const event = eventOf(rawBody);
  const distanceMs = now - event.timestampSent * 1_000;
  if (Math.abs(distanceMs) < WINDOW_MS) return event;
  const seconds = Math.round(Math.abs(distanceMs) / 1_000);
  throw refused(
    `it was sent ${seconds} s ${distanceMs > 0 ? 'ago' : 'in the future'}: compare the clock of this machine`,
  );
}

/** Makes all comparisons in constant time, also after one that fits. */
function isSigned(rawBody: string | Uint8Array, digest: string, secrets: readonly string[]): boolean {
  const given = Buffer.from(digest, 'hex');
  const fits = secrets.map((secret) => timingSafeEqual(createHmac('sha256', secret).update(rawBody).digest(), given));
  return fits.includes(true);
}

/** Reads the members that are needed to handle an event: others may be missing. */
function eventOf(rawBody: string | Uint8Array): DfnsWebhookEvent {
  const event = (parsed(Buffer.from(rawBody as Uint8Array).toString()) ?? {}) as Partial<Record<string, unknown>>;
  if (!Number.isSafeInteger(event['timestampSent'])) throw refused('its body has no timestampSent in whole seconds');
  const { id, kind, data } = event;
  const isEvent = typeof id === 'string' && typeof kind === 'string' && typeof data === 'object' && data !== null;
  if (!isEvent || Array.isArray(data)) throw refused('its body lacks id, kind or data');
  return event as unknown as DfnsWebhookEvent;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refused(reason: string): DfnsError {
  return new DfnsError('DFNS_WEBHOOK_REFUSED', `a webhook delivery is refused: ${reason}`);
}
