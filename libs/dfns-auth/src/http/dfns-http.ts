import { HttpService } from '@nestjs/axios';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Clock, DFNS_AUTH_CONFIG, DFNS_CLOCK, type DfnsAuthConfig } from '../config/config.js';
import { DfnsApiError, DfnsError, isDfnsError } from '../errors/dfns-error.js';
import { Telemetry } from '../telemetry/telemetry.js';
import { type Answer, readErrorEnvelope, readJsonObject, readRetryAfter } from './answer.js';
import { AnswerReader } from './answer-reader.js';
import type { Attempt } from './call-scope.js';
import { type CallerKind, refusalCode, type Step, unansweredError } from './failures.js';
import { QuotaGovernor } from './governor.js';
import { closeHttpService } from './http-service.js';
import { TransportError } from './lean-adapter.js';
import { requestHeaders } from './request-headers.js';
import type { RequestText } from './request-text.js';

/** The request of one step. */
export interface StepRequest {
  step: Step;
  request: RequestText;
  caller: CallerKind;
  /** Missing for an anonymous caller. */
  bearer?: string;
  /** The value for `X-DFNS-USERACTION`. */
  userAction?: string;
}

/** Sends the request of one step and reads the answer. No other class sends HTTP requests. */
@Injectable()
export class DfnsHttp implements OnApplicationShutdown {
  readonly #http: HttpService;
  readonly #config: DfnsAuthConfig;
  /** The path of the base URL, for example of a proxy in front of Dfns. */
  readonly #prefix: string;
  readonly #now: Clock;
  readonly #telemetry: Telemetry;
  readonly #governor: QuotaGovernor;

  constructor(
    http: HttpService,
    @Inject(DFNS_AUTH_CONFIG) config: DfnsAuthConfig,
    @Inject(DFNS_CLOCK) now: Clock,
    telemetry: Telemetry,
    governor: QuotaGovernor,
  ) {
    this.#http = http;
    this.#config = config;
    this.#prefix = new URL(config.baseUrl).pathname.replace(/\/$/, '');
    this.#now = now;
    this.#telemetry = telemetry;
    this.#governor = governor;
  }

  /**
   * The JSON object that Dfns answered.
   *
   * @throws DfnsApiError if Dfns refused; DfnsError if Dfns did not answer
   */
  send(request: StepRequest, attempt: Attempt): Promise<AnswerReader> {
    const operation = `${request.request.method} ${request.request.path}`;
    return this.#telemetry.step(operation, request.step, () => this.#send(request, operation, attempt));
  }

  /** Closes the open connections. */
  onApplicationShutdown(): void {
    closeHttpService(this.#http);
  }

  async #send(request: StepRequest, operation: string, attempt: Attempt): Promise<AnswerReader> {
    attempt.secrets.add(request.bearer);
    attempt.secrets.add(request.userAction);
    let answer: Answer;
    try {
      answer = await this.#governor.run(request.step, attempt.scope, () => this.#request(request, attempt));
    } catch (error) {
      attempt.scope.throwIfEnded();
      throw isDfnsError(error) ? error : this.#unanswered(error, operation, request, attempt);
    }
    const { status } = answer;
    if (status < 200 || status >= 300 || status === 202) throw this.#refused(answer, operation, request, attempt);
    const json = readJsonObject(answer);
    if (json !== undefined) return new AnswerReader(json, operation);
    throw new DfnsApiError('DFNS_MALFORMED_RESPONSE', `${operation} was answered ${status} without a JSON object`, {
      operation,
      upstreamStatus: status,
    });
  }

  async #request({ request, bearer, userAction }: StepRequest, { scope }: Attempt): Promise<Answer> {
    const { method, path, query, body } = request;
    const hasBody = body !== '';
    const { status, headers, data } = await this.#http.axiosRef.request<Buffer>({
      method,
      url: `${this.#prefix}${path}${query}`,
      data: hasBody ? body : undefined,
      headers: requestHeaders({ hasBody, bearer, userAction }, this.#config.legacy, this.#now()),
      timeout: this.#config.http.attemptTimeoutMs,
      signal: scope.signal,
    });
    return { status, headers: headers as Answer['headers'], bytes: data };
  }

  #unanswered(error: unknown, operation: string, request: StepRequest, attempt: Attempt): DfnsError {
    // Node refuses to send it, because a header has a character that is not allowed.
    if (!(error instanceof TransportError)) return new DfnsError('DFNS_BAD_REQUEST', `${operation} cannot be sent`);
    if (error.sent) markSent(request, attempt);
    if (error.sent && request.step === 'call') attempt.mayHaveHappened = true;
    return unansweredError(error, operation, this.#config.http.attemptTimeoutMs);
  }

  #refused(answer: Answer, operation: string, request: StepRequest, attempt: Attempt): DfnsApiError {
    const { status } = answer;
    const { message, errorId } = readErrorEnvelope(answer);
    const code = refusalCode(status, message, request.caller, request.step);
    markSent(request, attempt);
    if (request.step === 'call' && status >= 500) attempt.mayHaveHappened = true;
    return new DfnsApiError(code, `${operation} was answered ${status}`, {
      operation,
      upstreamStatus: status,
      errorId,
      upstreamMessage: message === '' ? undefined : attempt.secrets.scrub(message),
      retryAfterMs: readRetryAfter(answer, this.#now()),
    });
  }
}

/** A signature of the user works once, and only the user can sign again. */
function markSent({ caller, step, userAction }: StepRequest, attempt: Attempt): void {
  if (caller === 'user' && (step === 'exchange' || userAction !== undefined)) attempt.spent = true;
}
