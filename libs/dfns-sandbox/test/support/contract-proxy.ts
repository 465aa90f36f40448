import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answeredRouteOf, violations } from './contract.js';
import { type Difference, sdkDifferences } from './sdk-answers.js';

/** A proxy in front of a sandbox. It changes nothing, and checks all requests and answers. */
export class ContractProxy {
  readonly violations: string[] = [];
  readonly differences: Difference[] = [];
  /** The documented routes that answered, refusals aside. */
  readonly answered = new Set<string>();
  readonly #server = createServer((request, response) => this.#pass(request, response));

  constructor(private readonly target: string) {}

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestBody = await textOf(request);
    const { method = '', url: path = '', headers } = request;
    const upstream = forward(new URL(path, this.target), { method, headers, path });
    upstream.on('response', async (answer) => {
      const responseBody = await textOf(answer);
      const status = answer.statusCode ?? 0;
      const exchange = { method, path, requestBody, status, responseBody };
      this.violations.push(...violations(exchange));
      const route = answeredRouteOf(exchange);
      if (route !== undefined) this.answered.add(route);
      this.differences.push(...sdkDifferences(exchange));
      response.writeHead(status, answer.headers).end(responseBody);
    });
    upstream.end(requestBody);
  }
}

async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
