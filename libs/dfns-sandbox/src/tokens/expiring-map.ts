/** A value, and when it expires, in milliseconds since the epoch. */
export interface Expiring<T> {
  value: T;
  expiresAt: number;
}

/**
 * A map that deletes expired entries. All entries have the same lifetime, so the oldest entries always expire first.
 */
export class ExpiringMap<T> {
  constructor(
    private readonly lifetimeMs: number,
    private readonly now: () => number,
    private readonly entries = new Map<string, Expiring<T>>(),
  ) {}

  set(id: string, value: T): void {
    for (const [old, { expiresAt }] of this.entries) {
      if (expiresAt > this.now()) break;
      this.entries.delete(old);
    }
    this.entries.delete(id);
    this.entries.set(id, { value, expiresAt: this.now() + this.lifetimeMs });
  }

  get(id: string): T | undefined {
    const entry = this.entries.get(id);
    return entry && entry.expiresAt > this.now() ? entry.value : undefined;
  }

  delete(id: string): void {
    this.entries.delete(id);
  }
}
