interface Where {
  /** `METHOD /path` with `{parameter}` placeholders as in the OpenAPI document, or `*` for every request. */
  on: string;
  /** How often; `Infinity` is allowed. @default 1 */
  times?: number;
}

/** An answer instead of the handler's: the error envelope unless `body` is given. */
interface StatusFault extends Where {
  kind: 'status';
  status: number;
  message?: string;
  headers?: Record<string, string>;
  body?: string | object;
  /** @default 'application/json; charset=utf-8' */
  contentType?: string;
}

/** The socket is destroyed: before the request is looked at, after it was carried out, or in the middle of its answer. */
interface ResetFault extends Where {
  kind: 'reset';
  /** @default 'before' */
  when?: 'before' | 'after' | 'body';
}

/** Silence until the client gives up: at once, or after half of the real answer. */
interface HangFault extends Where {
  kind: 'hang';
  /** @default 'headers' */
  when?: 'headers' | 'body';
}

/** The real answer, in drops. */
interface SlowFault extends Where {
  kind: 'slow';
  /** @default 1 */
  bytesPerSecond?: number;
}

/** Half of the real answer under the length of the whole, then the end. */
interface TruncateFault extends Where {
  kind: 'truncate';
}

/** A page of some proxy. */
interface HtmlFault extends Where {
  kind: 'html';
  /** @default 502 */
  status?: number;
}

interface RedirectFault extends Where {
  kind: 'redirect';
  /** @default 302 */
  status?: number;
  location: string;
}

/** JSON without end in sight, made while it is sent. */
interface HugeFault extends Where {
  kind: 'huge';
  /** @default 100 MiB */
  bytes?: number;
  /** Sent compressed, so that little on the wire becomes much in memory. @default false */
  gzip?: boolean;
}

/** An error whose text repeats every header and the body of the request, secrets included. */
interface EchoFault extends Where {
  kind: 'echo';
  /** @default 400 */
  status?: number;
}

/** Faults that spoil the real answer; the request is carried out. */
export type SpoilingFault = ResetFault | HangFault | SlowFault | TruncateFault;

/** Faults that come instead of the handler; nothing is carried out. */
export type ReplacingFault = ResetFault | HangFault | StatusFault | HtmlFault | RedirectFault | HugeFault | EchoFault;

/** Something that goes wrong between client and Dfns. */
export type Fault = SpoilingFault | ReplacingFault;

export function isSpoiling(fault: Fault): fault is SpoilingFault {
  if (fault.kind === 'reset') return fault.when === 'after' || fault.when === 'body';
  if (fault.kind === 'hang') return fault.when === 'body';
  return fault.kind === 'slow' || fault.kind === 'truncate';
}
