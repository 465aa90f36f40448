const MIN_UUID_LENGTH = 13;

/** A nonce of the older documents (spec 3.3). */
export interface Nonce {
  uuid: string;
  /** Milliseconds since the epoch. */
  date: number;
}

/** Reads base64url of `{ uuid, date }`, in any order. */
export function parseNonce(header: string | undefined): Nonce | undefined {
  const parsed = parseJson(Buffer.from(header ?? '', 'base64url').toString());
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const { uuid, date } = parsed as Record<string, unknown>;
  if (typeof uuid !== 'string' || uuid.length < MIN_UUID_LENGTH || typeof date !== 'string') return undefined;
  const time = /^\d{4}-\d{2}-\d{2}T/.test(date) ? Date.parse(date) : Number.NaN;
  return Number.isNaN(time) ? undefined : { uuid, date: time };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
