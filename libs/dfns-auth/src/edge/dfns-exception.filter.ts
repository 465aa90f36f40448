import { type ArgumentsHost, Catch, type ExceptionFilter, type HttpException, Logger, Optional } from '@nestjs/common';
import { type Observable, throwError } from 'rxjs';
import { DfnsError } from '../errors/dfns-error.js';
import { ErrorLogLine } from './error-log-line.js';
import { type HttpAnswerOptions, retryAfterSeconds, toHttpException } from './http-answers.js';

/** The `ServerResponse` of Node, which Express extends and Fastify wraps. */
interface HttpStream {
  headersSent: boolean;
  end(): void;
}

/** The members that Express and Fastify have in common. */
interface HttpResponse extends HttpStream {
  raw?: HttpStream;
  status(code: number): unknown;
  header(name: string, value: string): unknown;
  send(body: unknown): unknown;
}

/** A client of socket.io, or a plain WebSocket. Only the WebSocket has a `readyState`. */
interface WebSocketClient {
  readyState?: number;
  send(text: string): void;
  emit(event: string, body: unknown): void;
}

/**
 * Sends a {@link DfnsError} to the client as a status and a fixed message for each code, in HTTP (Express and Fastify),
 * GraphQL, microservices and WebSockets. The message of Dfns is only logged, once. Register the filter in the
 * application: `app.useGlobalFilters(new DfnsExceptionFilter())`, `APP_FILTER` or `@UseFilters`.
 */
@Catch(DfnsError)
export class DfnsExceptionFilter implements ExceptionFilter<DfnsError> {
  readonly #logger = new Logger('DfnsExceptionFilter');
  readonly #options: HttpAnswerOptions;

  /** If Nest constructs the filter, there are no options. To give options, construct it yourself. */
  constructor(@Optional() options?: HttpAnswerOptions) {
    this.#options = options ?? {};
  }

  catch(error: DfnsError, host: ArgumentsHost): Observable<never> | undefined {
    const exception = toHttpException(error, this.#options);
    this.#log(error, exception);
    switch (host.getType<string>()) {
      case 'http':
        answerHttp(host.switchToHttp().getResponse(), error, exception);
        return undefined;
      case 'rpc':
        return throwError(() => exception.getResponse());
      case 'ws':
        answerWebSocket(host.switchToWs().getClient(), exception);
        return undefined;
      default:
        throw exception;
    }
  }

  /** The line is the only argument, because loggers read further ones in different ways. */
  #log(error: DfnsError, exception: HttpException): void {
    const line = new ErrorLogLine(error);
    if (exception.getStatus() >= 500) this.#logger.error(line);
    else this.#logger.warn(line);
  }
}

function answerHttp(response: HttpResponse, error: DfnsError, exception: HttpException): void {
  const stream = response.raw ?? response;
  if (stream.headersSent) {
    stream.end();
    return;
  }
  const retryAfter = retryAfterSeconds(error);
  if (retryAfter !== undefined) response.header('Retry-After', String(retryAfter));
  response.status(exception.getStatus());
  response.send(exception.getResponse());
}

function answerWebSocket(client: WebSocketClient, exception: HttpException): void {
  const body = { status: 'error', ...(exception.getResponse() as object) };
  if (client.readyState === undefined) client.emit('exception', body);
  else client.send(JSON.stringify({ event: 'exception', data: body }));
}
