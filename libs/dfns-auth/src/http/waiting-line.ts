/** The kind of call and the user of a request. */
export interface Holder {
  /** The call, as a template, e.g. `GET /wallets/{id}`. */
  kind: string;
  /** The user of the call. Missing for calls of the service account. */
  user?: string;
}

/** Counts the places of each user and of each kind of call. The share of each is half of all places. */
export class Shares {
  readonly #share: number;
  readonly #heldByKind = new Map<string, number>();
  readonly #heldByUser = new Map<string, number>();

  constructor(places: number) {
    this.#share = Math.max(1, Math.floor(places / 2));
  }

  isKindUsedUp(kind: string): boolean {
    return (this.#heldByKind.get(kind) ?? 0) >= this.#share;
  }

  /** The service account has no user, and no share. */
  isUserUsedUp(user: string | undefined): boolean {
    return user !== undefined && (this.#heldByUser.get(user) ?? 0) >= this.#share;
  }

  take({ kind, user }: Holder): void {
    add(this.#heldByKind, kind, 1);
    if (user !== undefined) add(this.#heldByUser, user, 1);
  }

  giveBack({ kind, user }: Holder): void {
    add(this.#heldByKind, kind, -1);
    if (user !== undefined) add(this.#heldByUser, user, -1);
  }
}

function add(held: Map<string, number>, holder: string, places: number): void {
  const count = (held.get(holder) ?? 0) + places;
  if (count > 0) held.set(holder, count);
  else held.delete(holder);
}

/**
 * The waiting requests, by kind of call and by user. The kinds take turns, and the users of a kind take turns, so that
 * many requests of one user do not make others wait longer. The cost of a turn does not grow with the number of requests.
 */
export class WaitingLine<W extends Holder> {
  readonly #kinds = new Map<string, Map<string | undefined, Set<W>>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(waiter: W): void {
    const users = this.#kinds.get(waiter.kind) ?? new Map<string | undefined, Set<W>>();
    const waiters = users.get(waiter.user) ?? new Set<W>();
    this.#kinds.set(waiter.kind, users.set(waiter.user, waiters.add(waiter)));
    this.#size += 1;
  }

  delete(waiter: W): void {
    const users = this.#kinds.get(waiter.kind);
    const waiters = users?.get(waiter.user);
    if (!users || !waiters?.delete(waiter)) return;
    this.#size -= 1;
    if (waiters.size === 0) users.delete(waiter.user);
    if (users.size === 0) this.#kinds.delete(waiter.kind);
  }

  /** The next request whose user is below its share, and if `byKind` also its kind of call. */
  next(shares: Shares, byKind: boolean): W | undefined {
    for (const [kind, users] of this.#kinds) {
      if (byKind && shares.isKindUsedUp(kind)) continue;
      for (const [user, waiters] of users) {
        if (!shares.isUserUsedUp(user)) return waiters.values().next().value;
      }
    }
    return undefined;
  }

  /** Removes a request, and puts its kind and its user at the end of their lines. */
  take(waiter: W): void {
    const users = this.#kinds.get(waiter.kind);
    this.delete(waiter);
    if (!users) return;
    const waiters = users.get(waiter.user);
    if (waiters && users.delete(waiter.user)) users.set(waiter.user, waiters);
    if (this.#kinds.delete(waiter.kind)) this.#kinds.set(waiter.kind, users);
  }

  *[Symbol.iterator](): Iterator<W> {
    for (const users of this.#kinds.values()) for (const waiters of users.values()) yield* waiters;
  }
}
