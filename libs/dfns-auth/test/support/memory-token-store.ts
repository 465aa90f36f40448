import type { ReleaseLock, TokenStore } from 'nestjs-dfns-auth';

/** A token store that an application could write. Rows and locks are in memory; the replicas of a test share it. */
export class MemoryTokenStore implements TokenStore {
  readonly rows = new Map<string, string>();
  readonly locks = new Set<string>();

  async get(key: string): Promise<string | undefined> {
    return this.rows.get(key);
  }

  async set(key: string, value: string): Promise<void> {
    this.rows.set(key, value);
  }

  async delete(key: string): Promise<void> {
    this.rows.delete(key);
  }

  async lock(key: string): Promise<ReleaseLock | undefined> {
    if (this.locks.has(key)) return undefined;
    this.locks.add(key);
    return async () => {
      this.locks.delete(key);
    };
  }
}
