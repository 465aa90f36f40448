import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';

/** What Dfns answered, before anybody meddled with it. */
export interface GenuineAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Writes an answer in its own way. */
export type Meddler = (answer: GenuineAnswer, response: ServerResponse, request: IncomingMessage) => void;

const honest: Meddler = ({ status, headers, body }, response) => {
  response.writeHead(status, headers).end(body);
};

/** Stands between the library and Dfns and does to connections what no server of good breeding does. */
export class Gateway {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #meddlers = new Map<string, Meddler>();
  /** `METHOD /path` of what came in. */
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
      (this.#meddlers.get(operation) ?? honest)(genuine, response, request);
    });
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  static async open(target: string): Promise<Gateway> {
    const gateway = new Gateway(target);
    await new Promise<void>((resolve) => {
      gateway.#server.listen(0, '127.0.0.1', resolve);
    });
    return gateway;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Connections that are open. */
  get connections(): Socket[] {
    return [...this.#sockets];
  }

  /** Answers `operation` through `meddler` from now on. */
  on(operation: string, meddler: Meddler): void {
    this.#meddlers.set(operation, meddler);
  }

  /** Gives the genuine answer to `operation`, ends the connection, and takes no other one. */
  closeAfter(operation: string): void {
    this.on(operation, ({ status, headers, body }, response) => {
      this.#server.close();
      response.writeHead(status, { ...headers, connection: 'close' }).end(body);
    });
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }
}
