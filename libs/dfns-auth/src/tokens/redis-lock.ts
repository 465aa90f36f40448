import { randomUUID } from 'node:crypto';
import type { ReleaseLock } from '../config/token-store.js';

/** What is used of a node-redis client. */
export interface RedisClientLike {
  set(key: string, value: string, options: { NX: true; PX: number }): Promise<unknown>;
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
}

/** What is used of the adapter of `@keyv/redis`. */
export interface KeyvRedisLike {
  namespace?: string;
  getClient(): Promise<RedisClientLike>;
}

const DELETE_IF_OURS = `if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0`;

/** Tells the adapter of `@keyv/redis` from one that has no locks. */
export function isKeyvRedis(store: unknown): store is KeyvRedisLike {
  return typeof (store as KeyvRedisLike | undefined)?.getClient === 'function';
}

/** `SET NX PX` with a value of our own, so that nobody gives back a lock that has passed on to another. */
export async function lockInRedis(store: KeyvRedisLike, row: string, ttlMs: number): Promise<ReleaseLock | undefined> {
  const key = `${store.namespace ?? ''}:lock:${row}`;
  const owner = randomUUID();
  const client = await store.getClient();
  if ((await client.set(key, owner, { NX: true, PX: ttlMs })) === null) return undefined;
  return async () => {
    await client.eval(DELETE_IF_OURS, { keys: [key], arguments: [owner] });
  };
}
