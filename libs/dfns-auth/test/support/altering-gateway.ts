import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';

/** The answer of Dfns, before the gateway alters it. */
export interface GenuineAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Writes an altered answer. */
export type AlterAnswer = (answer: GenuineAnswer, response: ServerResponse, request: IncomingMessage) => void;

const unaltered: AlterAnswer = ({ status, headers, body }, response) => {
  response.writeHead(status, headers).end(body);
};

/** A proxy between the library and Dfns. It alters answers, and breaks connections and the rules of HTTP. */
export class AlteringGateway {
  readonly #server: Server;
  #port = 0;
  readonly #sockets = new Set<Socket>();
  readonly #alterations = new Map<string, AlterAnswer>();
  /** `METHOD /path` of the requests that it received. */
  readonly seen: string[] = [];

  private constructor(target: string) {
    this.#server = createServer(async (request, response) => {
      const operation = `${request.method} ${request.url}`;
      this.seen.push(operation);
      const body = await text(request);
      const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers;
      const answer = await fetch(target + request.url, {
        method: request.method,
        headers: headers as Record<string, string>,
        ...(body !== '' && { body }),
      });
      const genuine = {
        status: answer.status,
        headers: { 'content-type': answer.headers.get('content-type') ?? '' },
        body: await answer.text(),
      };
      (this.#alterations.get(operation) ?? unaltered)(genuine, response, request);
    });
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /**
   * Starts a gateway to the server at `target`.
   *
   * @param keepAliveMs milliseconds after which it closes an idle connection; it announces them in `Keep-Alive`
   */
  static async open(target: string, keepAliveMs?: number): Promise<AlteringGateway> {
    const gateway = new AlteringGateway(target);
    if (keepAliveMs !== undefined) gateway.#server.keepAliveTimeout = keepAliveMs;
    await gateway.#listen(0);
    return gateway;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get isListening(): boolean {
    return this.#server.listening;
  }

  /** The open connections. */
  get connections(): Socket[] {
    return [...this.#sockets];
  }

  /** From now on, `alter` writes the answers to `operation`. */
  on(operation: string, alter: AlterAnswer): void {
    this.#alterations.set(operation, alter);
  }

  /** Answers `operation` without a change, then ends the connection and accepts no other one. */
  closeAfter(operation: string): void {
    this.on(operation, ({ status, headers, body }, response) => {
      this.#server.close();
      response.writeHead(status, { ...headers, connection: 'close' }).end(body);
    });
  }

  /** Accepts connections again, after {@link closeAfter}. */
  async reopen(): Promise<void> {
    this.#alterations.clear();
    await this.#listen(this.#port);
  }

  /** Ends all connections, and stops the gateway. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }

  async #listen(port: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.listen(port, '127.0.0.1', resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }
}
