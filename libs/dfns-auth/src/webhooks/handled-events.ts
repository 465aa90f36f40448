import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Clock } from '../config/config.js';
import type { ReleaseLock, WebhookStore } from '../config/stores.js';
import { DfnsError } from '../errors/dfns-error.js';
import { GuardedStore } from '../tokens/guarded-store.js';
import type { DfnsWebhookEvent } from './webhook-event.js';
import { MemoryWebhookStore } from './webhook-stores.js';

/** Milliseconds for which a handled event is remembered. Dfns sends the last attempt 24 hours after the first one. */
const REMEMBER_MS = 25 * 3_600_000;
/** Events that are remembered in memory. */
const MAX_ENTRIES = 100_000;
/** Longest time in milliseconds that a delivery has the lock. It ends before the first retry, after 60 seconds. */
const LOCK_MS = 50_000;
/** Milliseconds that a second delivery waits for the first one, and between two looks. */
const WAIT_MS = 2_000;
const POLL_MS = 50;

/** What happens to a thing at most once with one status. All other kinds may come again with the same status. */
const ONCE =
  /^(wallet\.(created|delegated|transfer\..+|transaction\..+|signature\..+|offer\..+)|key\.(created|deleted|delegated)|policy\..+|vault\.created)$/;

/**
 * Has each event handled once. An event is found again by its kind, and the id and the status of the thing that it is
 * about; if the same may happen again, such as a change of tags, by its date too. It counts as handled when the handler
 * succeeded. While a handler runs, a lock keeps other deliveries of the event away; if the process ends, the lock ends
 * after 50 seconds, and the next retry of Dfns is handled.
 */
export class HandledEvents {
  readonly #store: GuardedStore<WebhookStore>;
  readonly #running: LocalLocks;
  readonly #logger = new Logger('DfnsWebhook');

  /** @param owner whose events they are: the same event may be handled by each owner */
  constructor(store: WebhookStore | undefined, now: Clock, owner: string) {
    this.#store = new GuardedStore<WebhookStore>(store ?? new MemoryWebhookStore(MAX_ENTRIES, now), [owner]);
    this.#running = new LocalLocks(now);
  }

  /**
   * Calls `handle`, unless the event was handled already.
   *
   * @param handler who handles: the same event may be handled by each handler
   * @returns what `handle` returns; `undefined` for a duplicate
   * @throws DfnsError `DFNS_UNAVAILABLE` if the store fails, or another delivery of the event takes too long; and what
   * `handle` throws
   */
  async once<T>(handler: string, event: DfnsWebhookEvent, handle: () => Promise<T>): Promise<T | undefined> {
    const key = createHash('sha256')
      .update(this.#store.keyOf(handler, ...identityOf(event)))
      .digest('base64url');
    const release = await this.#lock(key);
    try {
      if ((await this.#ask((store) => store.get(key))) !== undefined) return undefined;
      const result = await handle();
      await this.#remember(key);
      return result;
    } finally {
      await release();
    }
  }

  /** Takes the lock of the event, as soon as no other delivery has it. */
  async #lock(key: string): Promise<ReleaseLock> {
    for (let waitedMs = 0; waitedMs <= WAIT_MS; waitedMs += POLL_MS) {
      const release = await this.#tryLock(key);
      if (release) return release;
      await sleep(POLL_MS);
    }
    throw new DfnsError('DFNS_UNAVAILABLE', 'another delivery of this event is being handled: Dfns sends it again');
  }

  async #tryLock(key: string): Promise<ReleaseLock | undefined> {
    const releaseHere = this.#running.take(key);
    if (!releaseHere) return undefined;
    const lock = async (store: WebhookStore) => (store.lock ? store.lock(key, LOCK_MS) : async () => {});
    try {
      const release = await this.#ask(lock, (late) => void late?.().catch(() => {}));
      if (!release) releaseHere();
      return release && (() => this.#store.try(release).finally(releaseHere));
    } catch (error) {
      releaseHere();
      throw error;
    }
  }

  /** The handler succeeded, so the delivery succeeds, even if the store fails. */
  async #remember(key: string): Promise<void> {
    try {
      await this.#ask((store) => store.set(key, 'handled', REMEMBER_MS));
    } catch (error) {
      this.#logger.warn(`An event was handled, but ${(error as Error).message}. A duplicate would be handled again`);
    }
  }

  /** The message of an error of the store may contain anything, so only the name of the error is reported. */
  async #ask<T>(operation: (store: WebhookStore) => Promise<T>, late?: (result: T) => void): Promise<T> {
    try {
      return await this.#store.ask(operation, late);
    } catch (error) {
      const name = error instanceof Error ? error.name : typeof error;
      throw new DfnsError('DFNS_UNAVAILABLE', `the webhook store failed (${name}): check webhooks.store`);
    }
  }
}

/** What all deliveries of one event have in common, and no other event. */
function identityOf({ kind, date, data }: DfnsWebhookEvent): string[] {
  const members: Partial<Record<'id' | 'status', unknown>>[] = Object.values(data) as object[];
  const thing = members.find((member) => typeof member?.id === 'string');
  if (!thing) return [kind, String(date), JSON.stringify(data)];
  return [kind, String(thing.id), String(thing.status), ...(ONCE.test(kind) ? [] : [String(date)])];
}

/** The locks of this process. Each ends after {@link LOCK_MS}, so that a handler that hangs does not block an event. */
class LocalLocks {
  readonly #now: Clock;
  readonly #locks = new Map<string, { endsAt: number }>();

  constructor(now: Clock) {
    this.#now = now;
  }

  take(key: string): (() => void) | undefined {
    const held = this.#locks.get(key);
    if (held && this.#now() < held.endsAt) return undefined;
    const lock = { endsAt: this.#now() + LOCK_MS };
    this.#locks.set(key, lock);
    return () => {
      if (this.#locks.get(key) === lock) this.#locks.delete(key);
    };
  }
}
