/** Why no usable answer came over the wire. */
export type TransportFailure = 'connect' | 'reset' | 'timeout' | 'aborted' | 'too-large' | 'encoded' | 'no-http';

/** A failure below HTTP. Internal: it never leaves `client/`. */
export class TransportError extends Error {
  constructor(
    readonly failure: TransportFailure,
    /** Whether Dfns may have received the request. */
    readonly sent: boolean,
    /** The code of the operating system, e.g. `ECONNREFUSED`. */
    readonly systemCode?: string,
  ) {
    super(failure);
  }
}
