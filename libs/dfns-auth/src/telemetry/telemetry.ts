import { createHash } from 'node:crypto';
import { type Channel, channel } from 'node:diagnostics_channel';
import { isDfnsError } from '../errors/dfns.error.js';
import { DfnsApiError } from '../errors/dfns-api.error.js';
import type { DfnsFlowEvent, DfnsOutcome, DfnsStepEvent, DfnsTokenEvent } from './events.js';
import type { Instruments } from './instruments.js';
import { operationTemplate } from './operation-template.js';

const FLOW = channel('nestjs-dfns-auth:flow');
const STEP = channel('nestjs-dfns-auth:step');
const TOKEN = channel('nestjs-dfns-auth:token');

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

  /** Watches a whole call. `tries` is read when it has ended. */
  flow<T>(
    { operation, username, tries }: { operation: string; username?: string; tries: () => number },
    call: () => Promise<T>,
  ): Promise<T> {
    return this.#watch<T, DfnsFlowEvent>(FLOW, 'flow', operation, call, () => ({
      tries: tries(),
      ...(username !== undefined && { user: this.#pseudonym(username) }),
    }));
  }

  /** Watches one request. */
  step<T>(operation: string, step: DfnsStepEvent['step'], call: () => Promise<T>): Promise<T> {
    return this.#watch<T, DfnsStepEvent>(STEP, 'step', operation, call, (error) => ({
      step,
      ...(error instanceof DfnsApiError && { upstreamStatus: error.upstreamStatus }),
    }));
  }

  /** Tells where a user token came from. */
  token(result: DfnsTokenEvent['result'], username: string): void {
    this.#instruments?.token(result);
    if (!TOKEN.hasSubscribers) return;
    const event: DfnsTokenEvent = { result, user: this.#pseudonym(username) };
    TOKEN.publish(event);
  }

  #watch<T, E extends DfnsFlowEvent | DfnsStepEvent>(
    events: Channel,
    kind: 'flow' | 'step',
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
