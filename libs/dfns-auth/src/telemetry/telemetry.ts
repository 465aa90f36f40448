import { createHash } from 'node:crypto';
import { type Channel, channel } from 'node:diagnostics_channel';
import type { DfnsAuthConfig } from '../config/config.js';
import { DfnsApiError, isDfnsError } from '../errors/dfns-error.js';
import type { DfnsCallEvent, DfnsOutcome, DfnsStepEvent, DfnsTokenEvent, Instruments } from './events.js';
import { loadOpenTelemetry } from './open-telemetry.js';

const CALLS = channel('nestjs-dfns-auth:call');
const STEPS = channel('nestjs-dfns-auth:step');
const TOKENS = channel('nestjs-dfns-auth:token');

/** Characters of a user's pseudonym: enough to tell users apart. */
const PSEUDONYM_LENGTH = 22;

/** Tells those who listen what happens, and does nothing when nobody does. No event holds a secret, id or name. */
export class Telemetry {
  readonly #instruments: Instruments | undefined;
  readonly #orgId: string;

  constructor(instruments: Instruments | undefined, orgId = '') {
    this.#instruments = instruments;
    this.#orgId = orgId;
  }

  /** Watches a whole call. `attempts` is read when it has ended. */
  call<T>(
    { operation, username, attempts }: { operation: string; username?: string; attempts: () => number },
    call: () => Promise<T>,
  ): Promise<T> {
    return this.#watch<T, DfnsCallEvent>(CALLS, 'call', operation, call, () => ({
      attempts: attempts(),
      ...(username !== undefined && { user: this.#pseudonym(username) }),
    }));
  }

  /** Watches one request. */
  step<T>(operation: string, step: DfnsStepEvent['step'], call: () => Promise<T>): Promise<T> {
    return this.#watch<T, DfnsStepEvent>(STEPS, 'step', operation, call, (error) => ({
      step,
      ...(error instanceof DfnsApiError && { upstreamStatus: error.upstreamStatus }),
    }));
  }

  /** Tells where a user token came from. */
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

/** The telemetry of one registration. */
export async function createTelemetry({ orgId }: DfnsAuthConfig): Promise<Telemetry> {
  return new Telemetry(await loadOpenTelemetry(), orgId);
}

/** A word of Dfns's paths. Whatever else stands between slashes is an id, or was given by somebody. */
const WORD = /^[a-z]+(-[a-z]+)*$/;
/** `us-6b58p-r53sr-…`: an id whose characters happen to be letters looks like words. */
const ID = /^[a-z]{2,4}-[a-z0-9]{5}-/;

/** `GET /wallets/wa-…` as `GET /wallets/{id}`: few enough for metrics, and without anybody's id. */
export function operationTemplate(operation: string): string {
  return operation
    .split('/')
    .map((part, at) => (at === 0 || (WORD.test(part) && !ID.test(part)) ? part : '{id}'))
    .join('/');
}
