import { HttpService } from '@nestjs/axios';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Clock, DFNS_CLOCK } from '../config/clock.js';
import { DFNS_AUTH_CONFIG, type DfnsAuthConfig } from '../config/dfns-auth-config.js';
import { DfnsError, isDfnsError } from '../errors/dfns.error.js';
import { DfnsApiError } from '../errors/dfns-api.error.js';
import { Telemetry } from '../telemetry/telemetry.js';
import { type Answer, readErrorEnvelope, readJsonObject, readRetryAfter } from './answer.js';
import type { Caller, Step } from './caller.js';
import type { FlowAttempt } from './flow-attempt.js';
import { closeHttpService } from './http-service.js';
import { legacyHeaders } from './legacy-headers.js';
import { QuotaGovernor } from './quota-governor.js';
import { refusalCode } from './refusal.js';
import type { RequestTarget } from './request-target.js';
import { TransportError } from './transport-error.js';
import { unansweredError } from './unanswered-error.js';
import { USER_AGENT } from './user-agent.js';

/** One request to Dfns. */
export interface DfnsExchange {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  target: RequestTarget;
  /** The exact text to send; empty for none. */
  body: string;
  bearer: string;
  caller: Caller;
  step: Step;
  userAction?: string;
}

/** Sends one request and reads one answer. The only place that does HTTP, and the only one that sees a status. */
@Injectable()
export class DfnsHttp implements OnApplicationShutdown {
  readonly #http: HttpService;
  readonly #config: DfnsAuthConfig;
  /** The path of the base URL, which a proxy in front of Dfns may have. */
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
   * @throws DfnsApiError when Dfns answered otherwise; DfnsError when it did not answer
   */
  send(exchange: DfnsExchange, attempt: FlowAttempt): Promise<unknown> {
    const operation = `${exchange.method} ${exchange.target.path}`;
    return this.#telemetry.step(operation, exchange.step, () => this.#send(exchange, operation, attempt));
  }

  /** Closes the kept connections. */
  onApplicationShutdown(): void {
    closeHttpService(this.#http);
  }

  async #send(exchange: DfnsExchange, operation: string, attempt: FlowAttempt): Promise<unknown> {
    attempt.secrets.add(exchange.bearer);
    attempt.secrets.add(exchange.userAction);
    let answer: Answer;
    try {
      answer = await this.#governor.run(exchange.step, attempt.scope, () => this.#exchange(exchange, attempt));
    } catch (error) {
      attempt.scope.throwIfEnded();
      throw isDfnsError(error) ? error : this.#unanswered(error, operation, exchange, attempt);
    }
    const { status } = answer;
    if (status < 200 || status >= 300 || status === 202) throw this.#refused(answer, operation, exchange, attempt);
    const json = readJsonObject(answer);
    if (json !== undefined) return json;
    throw new DfnsApiError('DFNS_MALFORMED_RESPONSE', `${operation} was answered ${status} without a JSON object`, {
      operation,
      upstreamStatus: status,
    });
  }

  async #exchange(exchange: DfnsExchange, { scope }: FlowAttempt): Promise<Answer> {
    const { method, target, body, bearer, userAction } = exchange;
    const { status, headers, data } = await this.#http.axiosRef.request<Buffer>({
      method,
      url: `${this.#prefix}${target.path}${target.query}`,
      data: body === '' ? undefined : body,
      headers: {
        Accept: 'application/json',
        'Accept-Encoding': 'identity',
        Authorization: `Bearer ${bearer}`,
        'User-Agent': USER_AGENT,
        ...(body !== '' && { 'Content-Type': 'application/json' }),
        ...(userAction !== undefined && { 'X-DFNS-USERACTION': userAction }),
        ...legacyHeaders(this.#config.legacy, this.#now()),
      },
      timeout: this.#config.http.attemptTimeoutMs,
      signal: scope.signal,
    });
    return { status, headers: headers as Answer['headers'], bytes: data };
  }

  #unanswered(error: unknown, operation: string, exchange: DfnsExchange, attempt: FlowAttempt): DfnsError {
    // Node refuses to write it: a header holds what no header may hold.
    if (!(error instanceof TransportError)) return new DfnsError('DFNS_BAD_REQUEST', `${operation} cannot be sent`);
    if (error.sent) markSent(exchange, attempt);
    if (error.sent && exchange.step === 'call') attempt.mayHaveHappened = true;
    return unansweredError(error, operation, this.#config.http.attemptTimeoutMs);
  }

  #refused(answer: Answer, operation: string, exchange: DfnsExchange, attempt: FlowAttempt): DfnsApiError {
    const { status } = answer;
    const { message, errorId } = readErrorEnvelope(answer);
    const code = refusalCode(status, message, exchange.caller, exchange.step);
    markSent(exchange, attempt);
    if (exchange.step === 'call' && status >= 500) attempt.mayHaveHappened = true;
    return new DfnsApiError(code, `${operation} was answered ${status}`, {
      operation,
      upstreamStatus: status,
      errorId,
      upstreamMessage: message === '' ? undefined : attempt.secrets.scrub(message),
      retryAfterMs: readRetryAfter(answer, this.#now()),
    });
  }
}

/** What a user has signed works once, and we cannot make it anew. */
function markSent({ caller, step, userAction }: DfnsExchange, attempt: FlowAttempt): void {
  if (caller === 'user' && (step === 'exchange' || userAction !== undefined)) attempt.spent = true;
}
