import { createHash } from 'node:crypto';
import { type Channel, channel } from 'node:diagnostics_channel';
import type { DfnsAuthConfig } from '../config/config.js';
import { DfnsApiError, isDfnsError } from '../errors/dfns-error.js';
import type { DfnsCallEvent, DfnsOutcome, DfnsStepEvent, DfnsTokenEvent, Instruments } from './events.js';
import { loadOpenTelemetry } from './open-telemetry.js';

const CALLS = channel('nestjs-dfns-auth:call');
const STEPS = channel('nestjs-dfns-auth:step');
const TOKENS = channel('nestjs-dfns-auth:token');

/** Characters of a user's pseudonym: enough to distinguish users. */
const PSEUDONYM_LENGTH = 22;

/**
 * Publishes events, spans and metrics if anything listens; otherwise does nothing. No event holds a secret, id or name.
 */
export class Telemetry {
  readonly #instruments: Instruments | undefined;
  readonly #orgId: string;

  constructor(instruments: Instruments | undefined, orgId = '') {
    this.#instruments = instruments;
    this.#orgId = orgId;
  }

  /** Measures a whole call. `attempts` is called when the call has ended. */
  call<T>(
    { operation, username, attempts }: { operation: string; username?: string; attempts: () => number },
    call: () => Promise<T>,
  ): Promise<T> {
    return this.#watch<T, DfnsCallEvent>(CALLS, 'call', operation, call, () => ({
      attempts: attempts(),
      ...(username !== undefined && { user: this.#pseudonym(username) }),
    }));
  }

  /** Measures one step. */
  step<T>(operation: string, step: DfnsStepEvent['step'], call: () => Promise<T>): Promise<T> {
    return this.#watch<T, DfnsStepEvent>(STEPS, 'step', operation, call, (error) => ({
      step,
      ...(error instanceof DfnsApiError && { upstreamStatus: error.upstreamStatus }),
    }));
  }

  /** Publishes where a user token came from. */
  token(result: DfnsTokenEvent['result'], username: string): void {
    this.#instruments?.token(result);
    if (!TOKENS.hasSubscribers) return;
    const event: DfnsTokenEvent = { result, user: this.#pseudonym(username) };
    TOKENS.publish(event);
  }

  #watch<T, E extends DfnsCallEvent | DfnsStepEvent>(
    events: Channel,
    kind: 'call' | 'step',
    path: string,
    call: () => Promise<T>,
    describe: (error?: unknown) => Omit<E, 'operation' | 'outcome' | 'durationMs'>,
  ): Promise<T> {
    if (!this.#instruments && !events.hasSubscribers) return call();
    const operation = operationTemplate(path);
    const startedAt = performance.now();
    const watched = async (end?: (event: E) => void): Promise<T> => {
      const ended = (outcome: DfnsOutcome, error?: unknown) => {
        const event = { operation, outcome, durationMs: performance.now() - startedAt, ...describe(error) } as E;
        end?.(event);
        events.publish(event);
      };
      try {
        const result = await call();
        ended('ok');
        return result;
      } catch (error) {
        ended(isDfnsError(error) ? error.code : 'unknown', error);
        throw error;
      }
    };
    return this.#instruments ? this.#instruments.span(kind, operation, watched) : watched();
  }

  #pseudonym(username: string): string {
    const digest = createHash('sha256')
      .update(JSON.stringify([this.#orgId, username]))
      .digest('base64url');
    return digest.slice(0, PSEUDONYM_LENGTH);
  }
}

/** The telemetry of one instance. */
export async function createTelemetry({ orgId }: DfnsAuthConfig): Promise<Telemetry> {
  return new Telemetry(await loadOpenTelemetry(), orgId);
}

/** A fixed word in a path of Dfns. Everything else between slashes is an id or a value from outside. */
const WORD = /^[a-z]+(-[a-z]+)*$/;
/** An id such as `us-6b58p-r53sr-…`. If it has only letters, it also matches {@link WORD}. */
const ID = /^[a-z]{2,4}-[a-z0-9]{5}-/;

/** `GET /wallets/wa-…` becomes `GET /wallets/{id}`, so that metrics have few operations and hold no id. */
export function operationTemplate(operation: string): string {
  return operation
    .split('/')
    .map((part, at) => (at === 0 || (WORD.test(part) && !ID.test(part)) ? part : '{id}'))
    .join('/');
}
