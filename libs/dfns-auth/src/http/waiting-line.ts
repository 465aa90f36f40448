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

/** The waiting requests of one kind, by user. */
interface KindLine<W> {
  users: Map<string | undefined, Set<W>>;
  size: number;
}

/**
 * The waiting requests, by kind of call and by user. The kinds take turns, and the users of a kind take turns, so that
 * many requests of one user do not make others wait longer. The cost of a turn does not grow with the number of requests.
 */
export class WaitingLine<W extends Holder> {
  readonly #kinds = new Map<string, KindLine<W>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(waiter: W): void {
    const line = this.#kinds.get(waiter.kind) ?? { users: new Map<string | undefined, Set<W>>(), size: 0 };
    line.users.set(waiter.user, (line.users.get(waiter.user) ?? new Set<W>()).add(waiter));
    line.size += 1;
    this.#kinds.set(waiter.kind, line);
    this.#size += 1;
  }

  delete(waiter: W): void {
    const line = this.#kinds.get(waiter.kind);
    const waiters = line?.users.get(waiter.user);
    if (!line || !waiters?.delete(waiter)) return;
    this.#size -= 1;
    line.size -= 1;
    if (waiters.size === 0) line.users.delete(waiter.user);
    if (line.size === 0) this.#kinds.delete(waiter.kind);
  }

  /** The next request whose user is below its share, and if `byKind` also its kind of call. */
  next(shares: Shares, byKind: boolean): W | undefined {
    for (const [kind, { users }] of this.#kinds) {
      if (byKind && shares.isKindUsedUp(kind)) continue;
      for (const [user, waiters] of users) {
        if (!shares.isUserUsedUp(user)) return waiters.values().next().value;
      }
    }
    return undefined;
  }

  /** Removes a request, and puts its kind and its user at the end of their lines. */
  take(waiter: W): void {
    const line = this.#kinds.get(waiter.kind);
    this.delete(waiter);
    if (!line) return;
    const waiters = line.users.get(waiter.user);
    if (waiters && line.users.delete(waiter.user)) line.users.set(waiter.user, waiters);
    if (this.#kinds.delete(waiter.kind)) this.#kinds.set(waiter.kind, line);
  }

  /** How many requests would have their turn before a new one. */
  aheadOf({ kind, user }: Holder): number {
    const line = this.#kinds.get(kind);
    if (!line) return this.#kinds.size;
    const before = line.users.get(user)?.size ?? 0;
    const users = line.users.size;
    return this.#turns(line, before * users + users);
  }

  /** Each request with the number of those that have their turn before it. */
  *positions(): Iterable<[W, number]> {
    for (const line of this.#kinds.values()) {
      const users = [...line.users.values()];
      for (const [place, waiters] of users.entries()) {
        let before = 0;
        for (const waiter of waiters) {
          yield [waiter, this.#turns(line, before * users.length + place)];
          before += 1;
        }
      }
    }
  }

  *[Symbol.iterator](): Iterator<W> {
    for (const { users } of this.#kinds.values()) for (const waiters of users.values()) yield* waiters;
  }

  /** Turns of all kinds during `turns` turns of one kind. */
  #turns(line: KindLine<W>, turns: number): number {
    return Math.min(this.#size, this.#kinds.size * Math.min(line.size, turns));
  }
}
