import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { parse } from 'node:querystring';
import { BadRequestException, type NestApplicationOptions } from '@nestjs/common';
import { AbstractHttpAdapter } from '@nestjs/core';
import Router from 'router';

type Handler = (...args: unknown[]) => unknown;

/**
 * Runs Nest on the HTTP server of Node and the router of Express, so that the sandbox needs no platform package: an
 * application with Fastify has no `@nestjs/platform-express`. It knows what the sandbox uses: JSON and empty answers,
 * routes, and middleware for all routes.
 */
export class NodeAdapter extends AbstractHttpAdapter<Server, IncomingMessage, ServerResponse> {
  readonly #router: ReturnType<typeof Router>;

  constructor() {
    const router = Router();
    super(router);
    this.#router = router;
  }

  initHttpServer({ httpsOptions }: NestApplicationOptions): void {
    const answer = (request: IncomingMessage, response: ServerResponse) => this.#answer(request, response);
    this.httpServer = httpsOptions ? createSecureServer(httpsOptions, answer) : createServer(answer);
  }

  #answer(request: IncomingMessage & { query?: object }, response: ServerResponse): void {
    request.query = parse(request.url?.split('?')[1] ?? '');
    // Nest answers errors and unknown routes. What comes here met a closed application.
    this.#router(request as never, response as never, () => {
      response.statusCode = 500;
      response.end();
    });
  }

  override listen(...args: never[]): Server {
    return this.httpServer.listen(...args);
  }

  close(): Promise<unknown> {
    return new Promise((resolve) => {
      this.httpServer.close(resolve);
    });
  }

  reply(response: ServerResponse, body: unknown, status?: number): void {
    if (status !== undefined) response.statusCode = status;
    const bytes = Buffer.from(body === undefined || body === null ? '' : JSON.stringify(body));
    if (bytes.length > 0) response.setHeader('content-type', 'application/json; charset=utf-8');
    if (response.statusCode !== 204) response.setHeader('content-length', bytes.length);
    response.end(bytes);
  }

  status(response: ServerResponse, status: number): void {
    response.statusCode = status;
  }

  end(response: ServerResponse, text?: string): void {
    response.end(text);
  }

  setErrorHandler(handler: unknown): void {
    this.use(handler);
  }

  setNotFoundHandler(handler: unknown): void {
    this.use(handler);
  }

  /** The router throws a `URIError` for a path that cannot be decoded. Nest 12 asks here, Nest 11 knows it itself. */
  override mapException(error: unknown): unknown {
    return error instanceof URIError ? new BadRequestException(error.message) : error;
  }

  createMiddlewareFactory(): (path: string, middleware: unknown) => void {
    return (_path, middleware) => this.use(middleware as Handler);
  }

  isHeadersSent = ({ headersSent }: ServerResponse): boolean => headersSent;
  getHeader = (response: ServerResponse, name: string) => response.getHeader(name);
  setHeader = (response: ServerResponse, name: string, value: string) => response.setHeader(name, value);
  appendHeader = (response: ServerResponse, name: string, value: string) => response.appendHeader(name, value);
  getRequestHostname = ({ headers }: IncomingMessage) => headers.host;
  getRequestMethod = ({ method }: IncomingMessage) => method;
  getRequestUrl = (request: IncomingMessage & { originalUrl?: string }) => request.originalUrl ?? request.url;
  getType = (): string => 'node';

  registerParserMiddleware(): void {}
  enableCors = unused;
  useStaticAssets = unused;
  setViewEngine = unused;
  render = unused;
  redirect = unused;
  applyVersionFilter = unused;
}

function unused(): never {
  throw new Error('the sandbox does not use this');
}
