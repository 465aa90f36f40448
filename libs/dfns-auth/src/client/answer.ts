import { isJsonObject } from './json.js';

/** What came back over the wire, unread. */
export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  bytes: Buffer;
}

/** The members of Dfns's error envelope that are of use, whatever shape it came in (spec 7.1). */
export interface ErrorEnvelope {
  message: string;
  errorId?: string;
}

/** The JSON of an answer, or `undefined` where it is none: wrong content type, wrong encoding, not JSON. */
export function readJson({ headers, bytes }: Answer): unknown {
  if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(String(headers['content-type'] ?? ''))) return undefined;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return JSON.parse(text, text.includes('__proto__') || text.includes('\\u005') ? withoutPrototype : undefined);
  } catch {
    return undefined;
  }
}

/** A member of this name would become the prototype of the first object that it is copied into. */
function withoutPrototype(key: string, value: unknown): unknown {
  return key === '__proto__' ? undefined : value;
}

/** Reads the full envelope, the bare `{ message }`, and anything else as an empty one. */
export function readErrorEnvelope(answer: Answer): ErrorEnvelope {
  const json = readJson(answer);
  if (!isJsonObject(json)) return { message: '' };
  const error = isJsonObject(json['error']) ? json['error'] : json;
  const id = error['id'];
  return {
    message: typeof error['message'] === 'string' ? error['message'] : '',
    ...(typeof id === 'string' && /^\d{1,40}$/.test(id) && { errorId: id }),
  };
}

/**
 * Milliseconds until another try makes sense: from `Retry-After`, in seconds or as a date, else from
 * `X-RateLimit-Reset`, unix seconds (spec 6). Never negative, never more than a day.
 *
 * @param now milliseconds since 1970
 */
export function readRetryAfter({ headers }: Answer, now: number): number | undefined {
  const given = headers['retry-after'];
  const reset = headers['x-ratelimit-reset'];
  let ms: number | undefined;
  if (typeof given === 'string') ms = /^-?\d+(\.\d+)?$/.test(given) ? Number(given) * 1000 : Date.parse(given) - now;
  else if (typeof reset === 'string' && /^\d+$/.test(reset)) ms = Number(reset) * 1000 - now;
  if (ms === undefined || Number.isNaN(ms)) return undefined;
  return Math.ceil(Math.min(Math.max(ms, 0), 86_400_000));
}
