import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { AlteringGateway } from './altering-gateway.js';
import { type AnsweredCall, answeredCalls } from './answered-calls.js';
import { failureOf } from './failure-of.js';
import type { Json } from './json-members.js';
import type { World } from './use-sandbox.js';

/** Changes the body of an answer. A text is sent as it is, and everything else as JSON. */
export type Alter = (body: Json) => unknown;

/** An instance whose requests pass a gateway, which alters the answers to one of its calls. */
export class AlteredAnswers {
  readonly calls: AnsweredCall[];
  context!: TestingModule;
  #gateway!: AlteringGateway;
  #operation = '';
  #alter: Alter = (body) => body;
  #status: number | undefined;
  #runs = 0;

  constructor(world: World) {
    this.calls = answeredCalls(world, () => this.context);
    beforeAll(async () => {
      this.#gateway = await AlteringGateway.open(world.sandbox.url);
      this.context = await world.startInstance({ baseUrl: this.#gateway.url });
      this.#gateway.on('*', (answer, response, request) => {
        const isMeant = operationOf(request) === this.#operation && answer.status === 200;
        const body = isMeant ? this.#alter(JSON.parse(answer.body)) : answer.body;
        response.writeHead((isMeant && this.#status) || answer.status, answer.headers);
        response.end(typeof body === 'string' ? body : JSON.stringify(body));
      });
    });
    afterAll(() => this.#gateway.close());
  }

  /** The call of this operation. */
  call(operation: string): AnsweredCall {
    return this.calls.find((each) => each.operation === operation) as AnsweredCall;
  }

  /** Makes a call whose answers are altered. Returns `ok`, or the code of the error. */
  async outcome(call: AnsweredCall, alter: Alter, status?: number): Promise<string> {
    this.#operation = call.operation;
    this.#alter = alter;
    this.#status = status;
    this.#runs += 1;
    const error = await failureOf(call.run(`reader ${this.#runs}`));
    this.#operation = '';
    return error === undefined ? 'ok' : `${error.code ?? error.stack}`;
  }
}

/** `METHOD /path` of a request, with `{userId}` for an id and without the query. */
function operationOf({ method, url = '' }: IncomingMessage): string {
  return `${method} ${url.replace(/\?.*/, '').replace(/us-[^/]+/, '{userId}')}`;
}
