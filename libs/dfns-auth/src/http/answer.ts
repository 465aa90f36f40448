import type { DfnsDuplicate } from '../errors/dfns-error.js';

/** A parsed JSON object: not an array, not `null`. */
export type JsonObject = Record<string, unknown>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An answer before its body is parsed. */
export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  bytes: Buffer;
}

/** The members that are used of the error envelope of Dfns, for all its shapes (dfns-api 5.1). */
export interface ErrorEnvelope {
  message: string;
  errorId?: string;
}

/**
 * The JSON object in an answer. `undefined` for another content type, invalid UTF-8 or JSON, or JSON of another type.
 */
export function readJsonObject({ headers, bytes }: Answer): JsonObject | undefined {
  if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(String(headers['content-type'] ?? ''))) return undefined;
  try {
    const text = UTF_8.decode(bytes);
    // The name `__proto__` may be written with escapes. An escape of an ASCII character begins with \u00.
    const json: unknown = JSON.parse(text, /__proto__|\\u00/.test(text) ? withoutPrototype : undefined);
    return isJsonObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

/** Refuses bytes that are not UTF-8. Each use begins anew. */
const UTF_8 = new TextDecoder('utf-8', { fatal: true });

/** Drops `__proto__`: in an object to which it is copied, it would replace the prototype. */
function withoutPrototype(key: string, value: unknown): unknown {
  return key === '__proto__' ? undefined : value;
}

/** Reads the full envelope or `{ message }`. For anything else, the message is empty. */
export function readErrorEnvelope(answer: Answer): ErrorEnvelope {
  const json = readJsonObject(answer) ?? {};
  const error = isJsonObject(json['error']) ? json['error'] : json;
  const id = error['id'];
  return {
    message: typeof error['message'] === 'string' ? error['message'] : '',
    ...(typeof id === 'string' && /^\d{1,40}$/.test(id) && { errorId: id }),
  };
}

/**
 * Reads what a 409 says about an earlier request with the same `externalId` (dfns-api 16.4). `undefined` unless it is an
 * `externalId` that `sentBody` has, so that no other text of an answer gets through.
 */
export function readDuplicate(answer: Answer, sentBody: string): DfnsDuplicate | undefined {
  const { error } = readJsonObject(answer) ?? {};
  const details = isJsonObject(error) ? error['details'] : undefined;
  const duplicate = isJsonObject(details) ? details['duplicate'] : undefined;
  const { externalId, id } = isJsonObject(duplicate) ? duplicate : {};
  if (typeof externalId !== 'string' || !sentBody.includes(JSON.stringify(externalId))) return undefined;
  return {
    externalId,
    ...(typeof id === 'string' && /^[a-z]{2,5}(-[a-z0-9]{5}){2}-[a-z0-9]{14,16}$/.test(id) && { id }),
  };
}

/** A date such as `Sun, 06 Nov 1994 08:49:37 GMT`, the only form that HTTP servers still write. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
const DAY_MS = 86_400_000;

/**
 * Milliseconds to wait before another attempt: from `Retry-After` (seconds or a date), else from `X-RateLimit-Reset`
 * (unix seconds, dfns-api 6.2). At least 0, at most one day. Dates are compared with the `Date` of the answer if it has
 * one, so that the clocks of Dfns and of this process need not agree.
 *
 * @param now milliseconds since 1970
 */
export function readRetryAfter({ headers }: Answer, now: number): number | undefined {
  const sentAt = httpDate(headers['date']) ?? now;
  const given = headers['retry-after'];
  const until = httpDate(given) ?? seconds(headers['x-ratelimit-reset']);
  const ms = seconds(given) ?? (until === undefined ? undefined : until - sentAt);
  return ms === undefined ? undefined : Math.ceil(Math.min(Math.max(ms, 0), DAY_MS));
}

/**
 * Milliseconds until the moment in `X-RateLimit-Reset`, unix seconds (dfns-api 6.2), by the clock of Dfns (`Date`) or by
 * ours; `undefined` for a moment that is not within the next `withinMs` milliseconds by either.
 *
 * @param now milliseconds since 1970
 */
export function readResetMs({ headers }: Answer, now: number, withinMs: number): number | undefined {
  const reset = seconds(headers['x-ratelimit-reset']);
  if (reset === undefined) return undefined;
  return [httpDate(headers['date']) ?? now, now].map((moment) => reset - moment).find((ms) => ms > 0 && ms <= withinMs);
}

function httpDate(header: string | string[] | undefined): number | undefined {
  return typeof header === 'string' && HTTP_DATE.test(header) ? Date.parse(header) : undefined;
}

/** Converts seconds to milliseconds. */
function seconds(header: string | string[] | undefined): number | undefined {
  return typeof header === 'string' && /^-?\d+(\.\d+)?$/.test(header) ? Number(header) * 1000 : undefined;
}
