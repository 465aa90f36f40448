import type { ServerResponse } from 'node:http';
import { Injectable, type NestMiddleware } from '@nestjs/common';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { sendEnvelope } from '../errors/error-envelope.filter.js';
import { bodyInvalid, Refusal } from '../errors/refusals.js';
import type { DfnsRequest } from '../server/dfns-request.js';
import { ConsoleFiles } from './console-files.js';
import { ControlAccess } from './control-access.js';
import { ControlRoutes } from './control-routes.js';
import { ControlSections } from './control-sections.js';
import { type Endpoint, findEndpoint } from './endpoint.js';
import { LiveEvents } from './live-events.js';
import { controlDocument } from './openapi.js';
import { setUp } from './set-up.js';
import { StateKeeper } from './state-keeper.js';

const PREFIX = /^\/_sandbox(?=[/?]|$)/;

/** Answers everything below `/_sandbox`. These requests are not requests to Dfns: no log, no fault, no guard sees them. */
@Injectable()
export class ControlMiddleware implements NestMiddleware {
  constructor(
    private readonly config: SandboxConfig,
    private readonly access: ControlAccess,
    private readonly routes: ControlRoutes,
    private readonly sections: ControlSections,
    private readonly events: LiveEvents,
    private readonly files: ConsoleFiles,
    private readonly keeper: StateKeeper,
  ) {}

  use(request: DfnsRequest, response: ServerResponse, next: () => void): void {
    if (!PREFIX.test(request.originalUrl)) {
      next();
      return;
    }
    this.#handle(request, response).catch((error: unknown) => {
      const known = error instanceof Refusal;
      const message = error instanceof Error ? error.message : String(error);
      sendEnvelope(response, known ? error.getStatus() : 500, message, known ? error.details : undefined);
    });
  }

  async #handle(request: DfnsRequest, response: ServerResponse): Promise<void> {
    const { method, originalUrl } = request;
    const path = originalUrl.replace(PREFIX, '').split('?')[0] ?? '';
    if (method === 'GET' && this.files.has(path)) {
      this.access.expectAllowedHost(request);
      this.files.send(path, response);
      return;
    }
    this.access.expectAllowed(request);
    if (method === 'GET' && path === '/events') this.events.open(response);
    else sendJson(response, await this.#answer(request, path));
  }

  async #answer({ method, headers, socket, bodyText }: DfnsRequest, path: string): Promise<object> {
    if (method === 'GET' && path === '/set-up') return setUp(this.config, this.sections.all);
    if (method === 'GET' && path === '/openapi.json') {
      const scheme = 'encrypted' in socket ? 'https' : 'http';
      return controlDocument(this.routes.all, `${scheme}://${headers.host}`);
    }
    const found = findEndpoint(this.routes.all, method, path);
    if (!found) throw new Refusal(404, `Control has no ${method} /_sandbox${path}. See /_sandbox/openapi.json.`);
    const answer = (await found.route.run(found.parameters, bodyOf(found.route, bodyText) as never)) ?? {};
    if (found.route.path === '/reset') this.events.resetRecords();
    this.events.schedule();
    this.keeper.schedule();
    return answer;
  }
}

/** @throws Refusal 400 with all that is wrong with the body */
function bodyOf({ body: shape }: Endpoint, text: string): unknown {
  if (!shape) return undefined;
  let body: unknown;
  try {
    body = JSON.parse(text || '{}');
  } catch {
    throw bodyInvalid(['body must be JSON']);
  }
  const problems = shape.problems(body, 'body');
  if (problems.length > 0) throw bodyInvalid(problems);
  return body;
}

function sendJson(response: ServerResponse, answer: object): void {
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.setHeader('cache-control', 'no-store');
  response.setHeader('x-content-type-options', 'nosniff');
  response.end(JSON.stringify(answer));
}
