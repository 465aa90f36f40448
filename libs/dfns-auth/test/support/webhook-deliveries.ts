import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A published delivery, and the verdict of a receiver that signs the bytes as they arrived. */
export interface WebhookVector {
  name: string;
  secret: string;
  body: string;
  header: string | null;
  /** Seconds since 1970. */
  now: number;
  expected: { raw: boolean };
  reason: 'bad header' | 'bad signature' | 'bad timestamp' | 'stale' | 'no secret' | null;
}

/** The published deliveries. Another implementation made them. */
export const webhookVectors: WebhookVector[] = JSON.parse(
  readFileSync(join('test', 'fixtures', 'vectors-webhooks.json'), 'utf8'),
).cases;

export const SECRET = 'whs-GMsE3hyJDkG3Q9j3KVdSoe5JmiVuUrRx';

/** The body of a delivery and its header. */
export interface Delivery {
  body: string;
  header: string | null;
}

/** An event with everything that Dfns sends. Each call is another attempt to deliver it. */
export function transferEvent(now: number, members: Record<string, unknown> = {}): Record<string, unknown> {
  attempts += 1;
  return {
    id: `whe-aaaaa-bbbbb-${String(attempts).padStart(16, '0')}`,
    kind: 'wallet.transfer.confirmed',
    date: '2026-09-21T14:13:20.000Z',
    timestampSent: Math.floor(now / 1_000),
    deliveryAttempt: 1,
    data: { transferRequest: { id: 'xfr-5gz0f-bvpq3-8618e3ffhsks1u0i', status: 'Confirmed', network: 'Ethereum' } },
    ...members,
  };
}
let attempts = 0;

/** Signs an event as Dfns does: an implementation other than ours. */
export function signedDelivery(event: object, secret = SECRET): Delivery {
  const body = JSON.stringify(event);
  return { body, header: `sha256=${createHmac('sha256', secret).update(body, 'utf8').digest('hex')}` };
}

/** Sends a delivery. Returns the status and the text of the answer. */
export async function deliver(
  url: string,
  { body, header }: Delivery,
  contentType = 'application/json',
): Promise<{ status: number; text: string }> {
  const headers = { 'content-type': contentType, ...(header !== null && { 'X-DFNS-WEBHOOK-SIGNATURE': header }) };
  const answer = await fetch(url, { method: 'POST', body, headers });
  return { status: answer.status, text: await answer.text() };
}
