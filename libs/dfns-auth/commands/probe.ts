import { Agent as HttpAgent, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';

/** A read that every Dfns has. Without a token it is refused, and that answer is all that the doctor wants to see. */
const PATH = '/auth/users';

/** An answer, as far as it tells something about the way to Dfns. */
export interface ProbeAnswer {
  status: number;
  /** By the header `Date`, in milliseconds since 1970; whole seconds. */
  serverTime?: number;
  /** The time of this machine in the middle of the request, in milliseconds since 1970. */
  localTime: number;
  /** Milliseconds from the request to the end of the answer. */
  tookMs: number;
}

/** Asks the server at a base URL over one connection, without a token. */
export class Probe {
  readonly #url: URL;
  readonly #agent: HttpAgent | HttpsAgent;

  constructor(baseUrl: string) {
    this.#url = new URL(`${baseUrl.replace(/\/+$/, '')}${PATH}`);
    this.#agent = this.#isSecure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  }

  /**
   * @param timeoutMs for the connection and the whole answer
   * @throws an error of Node, with a `code`; `ABORT_ERR` after `timeoutMs`
   */
  async send(timeoutMs: number): Promise<ProbeAnswer> {
    const giveUp = new AbortController();
    const timer = setTimeout(() => giveUp.abort(), timeoutMs);
    try {
      return await this.#send(giveUp.signal);
    } finally {
      clearTimeout(timer);
    }
  }

  #send(signal: AbortSignal): Promise<ProbeAnswer> {
    const sentAt = Date.now();
    const startedAt = performance.now();
    return new Promise((resolve, reject) => {
      const send = this.#isSecure ? requestHttps : requestHttp;
      send(this.#url, { agent: this.#agent, signal, headers: { 'User-Agent': 'dfns-auth doctor' } })
        .on('error', reject)
        .on('response', (answer) => {
          const { statusCode = 0, headers } = answer;
          const settle = () => {
            const tookMs = performance.now() - startedAt;
            const date = Date.parse(headers.date ?? '');
            const localTime = sentAt + tookMs / 2;
            resolve({ status: statusCode, localTime, tookMs, ...(!Number.isNaN(date) && { serverTime: date }) });
          };
          answer.on('error', reject).on('end', settle).resume();
        })
        .end();
    });
  }

  close(): void {
    this.#agent.destroy();
  }

  get #isSecure(): boolean {
    return this.#url.protocol === 'https:';
  }
}
