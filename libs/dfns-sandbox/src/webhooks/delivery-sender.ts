import { createHmac } from 'node:crypto';
import { type ClientRequest, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { SandboxConfig } from '../configuration/sandbox-config.js';

/** Milliseconds until the answer (dfns-api 17.9). */
const TIMEOUT_MS = 5_000;

/** How a delivery ended. */
export interface DeliveryOutcome {
  /** The HTTP status as text; without an answer, a code such as `ECONNREFUSED`. */
  status: string;
  /** Missing after a success. */
  error?: string;
}

/** Sends deliveries: signed, one request each, redirects not followed, and only to this machine by default. */
@Injectable()
export class DeliverySender implements OnModuleDestroy {
  readonly #open = new Set<ClientRequest>();

  constructor(private readonly config: SandboxConfig) {}

  /** Sends the text and waits for the status. It never throws. Only status 200 is a success (dfns-api 17.5). */
  async send(url: string, secret: string, body: string): Promise<DeliveryOutcome> {
    const { hostname } = new URL(url);
    if (!this.config.remoteWebhooks && !isLoopback(hostname)) {
      const error = `Not sent: ${hostname} is not this machine. Start the sandbox with the option remoteWebhooks to send it`;
      return { status: 'NOT_SENT', error };
    }
    try {
      const status = await this.#post(url, body, signature(secret, body));
      return { status: String(status), ...(status !== 200 && { error: `The answer was ${status}, and not 200` }) };
    } catch (error) {
      const { code = 'ERROR', message } = error as NodeJS.ErrnoException;
      return { status: code, error: message || code };
    }
  }

  /** Ends what is open. */
  onModuleDestroy(): void {
    for (const request of this.#open) request.destroy();
  }

  #post(url: string, body: string, signed: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const request = (url.startsWith('https:') ? requestHttps : requestHttp)(url, {
        method: 'POST',
        // A connection of its own, which no proxy of the environment gets.
        agent: false,
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          'user-agent': 'dfns-sandbox',
          'x-dfns-webhook-signature': signed,
        },
      });
      const late = Object.assign(new Error(`No answer within ${TIMEOUT_MS} ms`), { code: 'ETIMEDOUT' });
      const timer = setTimeout(() => request.destroy(late), TIMEOUT_MS);
      this.#open.add(request);
      request.on('response', (answer) => {
        clearTimeout(timer);
        resolve(answer.statusCode ?? 0);
        request.destroy();
      });
      request.on('error', reject);
      request.on('close', () => {
        clearTimeout(timer);
        this.#open.delete(request);
        reject(Object.assign(new Error('The connection was closed without an answer'), { code: 'ECONNRESET' }));
      });
      request.end(body);
    });
  }
}

/** The value of `X-DFNS-WEBHOOK-SIGNATURE` (dfns-api 17.2). */
function signature(secret: string, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(body, 'utf8').digest('hex')}`;
}

function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
