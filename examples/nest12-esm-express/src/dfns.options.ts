import KeyvRedis from '@keyv/redis';
import Keyv from 'keyv';
import { type DfnsAuthModuleOptions, KeyvCeremonyStore, KeyvTokenStore } from 'nestjs-dfns-auth';
import { identity } from './jwt.guard.js';

/** What the environment says, and what all replicas share. */
export function shared(options: DfnsAuthModuleOptions): DfnsAuthModuleOptions {
  const redis = new Keyv(new KeyvRedis(process.env['REDIS_URL']));
  // Made with `openssl rand -base64 32`.
  const keys = [{ id: '2026-11', key: process.env['DFNS_SEALING_KEY'] ?? '' }];
  return {
    ...options,
    identity,
    tokens: { ...options.tokens, store: new KeyvTokenStore(redis, { keys }) },
    ceremonies: { ...options.ceremonies, store: new KeyvCeremonyStore(redis, { keys }) },
  };
}
