import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A delivery that a target received. */
export interface ReceivedDelivery {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests compare the members
  event: any;
}

/** A back end that gets deliveries. It answers with `answer`, which a test can replace. */
export class WebhookTarget {
  readonly received: ReceivedDelivery[] = [];
  answer = (response: ServerResponse): void => void response.writeHead(200).end();
  readonly #server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString('utf8');
    this.received.push({ path: request.url ?? '', headers: request.headers, body, event: JSON.parse(body) });
    this.answer(response);
  });

  static async start(): Promise<WebhookTarget> {
    const target = new WebhookTarget();
    await new Promise<void>((resolve) => target.#server.listen(0, '127.0.0.1', resolve));
    return target;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`;
  }

  /** `kind` of the received events. */
  get kinds(): string[] {
    return this.received.map(({ event }) => event.kind);
  }

  answerWith(status: number, headers: Record<string, string> = {}): void {
    this.answer = (response) => void response.writeHead(status, headers).end();
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
