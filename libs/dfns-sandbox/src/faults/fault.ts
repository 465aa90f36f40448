interface Where {
  /** `METHOD /path` with parameters such as `{walletId}`, as in the OpenAPI document. `*` means every request. */
  on: string;
  /** The number of requests with this fault. `Infinity` is allowed. @default 1 */
  times?: number;
}

/** Another status. The body is the error envelope, or `body` if it is set. */
interface StatusFault extends Where {
  kind: 'status';
  status: number;
  message?: string;
  headers?: Record<string, string>;
  body?: string | object;
  /** @default 'application/json; charset=utf-8' */
  contentType?: string;
}

/** A reset of the connection: before the handler runs, after it ran, or in the middle of the answer. */
interface ResetFault extends Where {
  kind: 'reset';
  /** @default 'before' */
  when?: 'before' | 'after' | 'body';
}

/** No more bytes until the client gives up: from the start, or after half of the real answer. */
interface HangFault extends Where {
  kind: 'hang';
  /** @default 'headers' */
  when?: 'headers' | 'body';
}

/** The real answer, sent slowly. */
interface SlowFault extends Where {
  kind: 'slow';
  /** @default 1 */
  bytesPerSecond?: number;
}

/** Half of the real answer, then the end of the connection. `Content-Length` is the length of the whole answer. */
interface TruncateFault extends Where {
  kind: 'truncate';
}

/** The HTML error page of a proxy. */
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

/** A very long JSON object. The sandbox makes it while it sends it. */
interface HugeFault extends Where {
  kind: 'huge';
  /** @default 100 MiB */
  bytes?: number;
  /** Sends the answer compressed: few bytes on the network become many bytes in memory. @default false */
  gzip?: boolean;
}

/** An error whose message repeats all headers and the body of the request, and so also the secrets. */
interface EchoFault extends Where {
  kind: 'echo';
  /** @default 400 */
  status?: number;
}

/** Faults that spoil the answer of the handler. The handler runs. */
export type SpoilingFault = ResetFault | HangFault | SlowFault | TruncateFault;

/** Faults that replace the answer. The handler does not run. */
export type ReplacingFault = ResetFault | HangFault | StatusFault | HtmlFault | RedirectFault | HugeFault | EchoFault;

/** A planned failure of one or more requests. */
export type Fault = SpoilingFault | ReplacingFault;

export function isSpoiling(fault: Fault): fault is SpoilingFault {
  if (fault.kind === 'reset') return fault.when === 'after' || fault.when === 'body';
  if (fault.kind === 'hang') return fault.when === 'body';
  return fault.kind === 'slow' || fault.kind === 'truncate';
}
