import type { CeremonyOwner } from '../config/stores.js';
import type { KeyvLike } from '../sealing/sealed-keyv.js';
import { isKeyvRedis, type KeyvRedisLike } from '../tokens/keyv-token-store.js';

/** Milliseconds after its last change until an index is dropped, longer than its rows live. */
const INDEX_MS = 86_400_000;

/**
 * Says which rows of an owner are open, oldest first. A row that expired stays in it until it is the oldest of too many.
 * It holds only ids, which are hashes, so it is not sealed.
 */
export interface RowIndex {
  /** Adds a row as the newest one. Takes the rows that are too many now out of the index, and returns them. */
  add(owner: CeremonyOwner, id: string): Promise<string[]>;
  remove(owner: CeremonyOwner, id: string): Promise<void>;
}

/** The index in the store of a Keyv. */
export function rowIndexOf(keyv: KeyvLike): RowIndex {
  const { store } = keyv;
  return isKeyvRedis(store) ? new RedisRowIndex(store) : new KeyvRowIndex(keyv);
}

/** The index in any Keyv. This process changes the index of an owner once at a time. Other processes do not wait. */
class KeyvRowIndex implements RowIndex {
  readonly #keyv: KeyvLike;
  /** The last change of each owner whose index is being changed. */
  readonly #changes = new Map<string, Promise<unknown>>();

  constructor(keyv: KeyvLike) {
    this.#keyv = keyv;
  }

  add(owner: CeremonyOwner, id: string): Promise<string[]> {
    return this.#change(owner, (open) => [...open.filter((other) => other !== id), id]);
  }

  async remove(owner: CeremonyOwner, id: string): Promise<void> {
    await this.#change(owner, (open) => open.filter((other) => other !== id));
  }

  #change({ id, maxRows }: CeremonyOwner, change: (open: string[]) => string[]): Promise<string[]> {
    const key = `dfns-open:${id}`;
    const changed = (this.#changes.get(id) ?? Promise.resolve()).then(async () => {
      const index = await this.#keyv.get(key);
      const open = change(typeof index === 'string' ? index.split(' ') : []);
      const tooMany = open.splice(0, Math.max(0, open.length - maxRows));
      if (open.length === 0) await this.#keyv.delete(key);
      else await this.#keyv.set(key, open.join(' '), INDEX_MS);
      return tooMany;
    });
    const settled = changed
      .catch(() => {})
      .then(() => {
        if (this.#changes.get(id) === settled) this.#changes.delete(id);
      });
    this.#changes.set(id, settled);
    return changed;
  }
}

/** Arguments: the row, the largest number of rows, `1` to add the row or `0` to remove it, {@link INDEX_MS}. */
const CHANGE = `
local open, tooMany = {}, {}
for row in string.gmatch(redis.call('get', KEYS[1]) or '', '[^ ]+') do
  if row ~= ARGV[1] then table.insert(open, row) end
end
if ARGV[3] == '1' then table.insert(open, ARGV[1]) end
while #open > tonumber(ARGV[2]) do table.insert(tooMany, table.remove(open, 1)) end
if #open == 0 then redis.call('del', KEYS[1])
else redis.call('set', KEYS[1], table.concat(open, ' '), 'PX', ARGV[4]) end
return tooMany`;

/** The index in Redis. A script changes it, so the changes of all replicas happen one after another. */
class RedisRowIndex implements RowIndex {
  readonly #store: KeyvRedisLike;

  constructor(store: KeyvRedisLike) {
    this.#store = store;
  }

  add(owner: CeremonyOwner, id: string): Promise<string[]> {
    return this.#change(owner, id, '1');
  }

  async remove(owner: CeremonyOwner, id: string): Promise<void> {
    await this.#change(owner, id, '0');
  }

  async #change(owner: CeremonyOwner, id: string, adds: '0' | '1'): Promise<string[]> {
    const client = await this.#store.getClient();
    const rows = await client.eval(CHANGE, {
      keys: [`${this.#store.namespace ?? ''}:open:${owner.id}`],
      arguments: [id, String(owner.maxRows), adds, String(INDEX_MS)],
    });
    return rows as string[];
  }
}
