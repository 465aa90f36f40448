import { HttpService } from '@nestjs/axios';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { AxiosRequestConfig } from 'axios';
import { type Clock, DFNS_AUTH_CONFIG, DFNS_CLOCK, type DfnsAuthConfig } from '../config/config.js';
import { DfnsApiError, DfnsError, isDfnsError } from '../errors/dfns-error.js';
import { Telemetry } from '../telemetry/telemetry.js';
import { type Answer, readDuplicate, readErrorEnvelope, readJsonObject, readRetryAfter } from './answer.js';
import { AnswerReader } from './answer-reader.js';
import type { Attempt } from './attempt.js';
import { Circuit } from './circuit.js';
import { type CallerKind, refusalCode, type Step, unansweredError } from './failures.js';
import { QuotaGovernor } from './governor.js';
import { closeHttpService } from './http-service.js';
import { type LeanSettings, TransportError } from './lean-adapter.js';
import { requestHeaders } from './request-headers.js';
import type { RequestText } from './request-text.js';
import type { Demand } from './waiter.js';

/** Answers that something before Dfns gives when Dfns does not. */
const OUTAGES = [502, 503, 504];

/** One request of a call. */
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
  readonly #circuit: Circuit;

  constructor(
    http: HttpService,
    @Inject(DFNS_AUTH_CONFIG) config: DfnsAuthConfig,
    @Inject(DFNS_CLOCK) now: Clock,
    telemetry: Telemetry,
    governor: QuotaGovernor,
    circuit: Circuit,
  ) {
    this.#http = http;
    this.#config = config;
    this.#prefix = new URL(config.baseUrl).pathname.replace(/\/$/, '');
    this.#now = now;
    this.#telemetry = telemetry;
    this.#governor = governor;
    this.#circuit = circuit;
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
    closeHttpService(this.#http, this.#config);
  }

  async #send(request: StepRequest, operation: string, attempt: Attempt): Promise<AnswerReader> {
    attempt.secrets.add(request.bearer);
    attempt.secrets.add(request.userAction);
    let answer: Answer;
    try {
      answer = await this.#governor.run(demandOf(attempt), () => this.#answered(request, attempt));
    } catch (error) {
      attempt.scope.throwIfEnded();
      throw isDfnsError(error) ? error : this.#unanswered(error, operation, request, attempt);
    }
    const { status } = answer;
    if (status < 200 || status >= 300 || status === 202) throw this.#refused(answer, operation, request, attempt);
    const json = answer.bytes.length === 0 ? {} : readJsonObject(answer);
    if (json !== undefined) return new AnswerReader(json, operation);
    throw new DfnsApiError('DFNS_MALFORMED_RESPONSE', `${operation} was answered ${status} without a JSON object`, {
      operation,
      upstreamStatus: status,
    });
  }

  /** The answer to a request; the circuit hears whether there was one. */
  async #answered(request: StepRequest, attempt: Attempt): Promise<Answer> {
    attempt.hasBegun = true;
    const sentAt = performance.now();
    try {
      const { status, headers, data } = await this.#http.axiosRef.request<Buffer>(this.#settings(request, attempt));
      if (OUTAGES.includes(status)) this.#circuit.unanswered(sentAt);
      else this.#circuit.answered();
      return { status, headers: headers as Answer['headers'], bytes: data };
    } catch (error) {
      if (error instanceof TransportError && error.isOutage) this.#circuit.unanswered(sentAt);
      throw error;
    }
  }

  #settings({ step, request, bearer, userAction }: StepRequest, attempt: Attempt): AxiosRequestConfig & LeanSettings {
    const { method, path, query, body } = request;
    const hasBody = body !== '';
    return {
      method,
      url: `${this.#prefix}${path}${query}`,
      data: hasBody ? body : undefined,
      headers: requestHeaders({ hasBody, bearer, userAction }, this.#config.legacy, this.#now()),
      timeout: this.#config.http.attemptTimeoutMs,
      signal: attempt.scope.endSignal,
      onSent: step === 'call' ? () => attempt.noteSent() : undefined,
    };
  }

  #unanswered(error: unknown, operation: string, request: StepRequest, attempt: Attempt): DfnsError {
    // Node refuses to send it, because a header has a character that is not allowed.
    if (!(error instanceof TransportError)) return new DfnsError('DFNS_BAD_REQUEST', `${operation} cannot be sent`);
    if (error.sent) markSent(request, attempt);
    return unansweredError(error, operation, this.#config.http.attemptTimeoutMs);
  }

  #refused(answer: Answer, operation: string, request: StepRequest, attempt: Attempt): DfnsApiError {
    const { status } = answer;
    const { message, errorId } = readErrorEnvelope(answer);
    const code = refusalCode(status, message, request.caller, request.step);
    markSent(request, attempt);
    // A redirect is no refusal: whoever answered may have passed the request on.
    if (request.step === 'call' && status >= 400 && status < 500) attempt.noteRefused();
    return new DfnsApiError(code, `${operation} was answered ${status}`, {
      operation,
      upstreamStatus: status,
      errorId,
      upstreamMessage: message === '' ? undefined : attempt.secrets.scrub(message),
      retryAfterMs: readRetryAfter(answer, this.#now()),
      ...(status === 202 && { pending: readJsonObject(answer) }),
      ...(code === 'DFNS_CONFLICT' && { duplicate: readDuplicate(answer, request.request.body) }),
    });
  }
}

function demandOf(attempt: Attempt): Demand {
  const { scope, traits, hasBegun } = attempt;
  return { scope, attempt, kind: traits.kind, user: traits.user, isContinued: hasBegun, requests: traits.requests };
}

/** What a user has signed works once, and only the user can sign again. */
function markSent({ caller, step, userAction }: StepRequest, attempt: Attempt): void {
  if (caller === 'user' && (step === 'exchange' || userAction !== undefined)) attempt.spent = true;
}
