/** One replica of an application, with its tokens and ceremonies in Redis. The parent sets its clock. */
import 'reflect-metadata';
import KeyvRedis from '@keyv/redis';
import { Test } from '@nestjs/testing';
import { Keyv } from 'keyv';
import {
  DelegatedAuthService,
  DelegatedCeremonies,
  DFNS_CLOCK,
  DfnsAuthModule,
  KeyvCeremonyStore,
  KeyvTokenStore,
} from 'nestjs-dfns-auth';
import { serve, settings } from '../child.mjs';

const { url, orgId, authToken, credId, privateKey, keys, redisUrls, clusterClient } = settings();
let now = Date.now();

async function openKeyv() {
  if (redisUrls.length > 1) return (await import(clusterClient)).clusterKeyv(redisUrls);
  return new Keyv(new KeyvRedis(redisUrls[0], { throwOnErrors: true }), { throwOnErrors: true });
}

const keyv = await openKeyv();
keyv.on('error', () => {});
const registration = DfnsAuthModule.forRoot({
  baseUrl: url,
  orgId,
  serviceAccount: { authToken, credential: { credId, privateKey } },
  tokens: { store: new KeyvTokenStore(keyv, { keys }) },
  ceremonies: { store: new KeyvCeremonyStore(keyv, { keys }) },
});
const context = await Test.createTestingModule({ imports: [registration] })
  .overrideProvider(DFNS_CLOCK)
  .useValue(() => now)
  .compile();
const service = context.get(DelegatedAuthService);
const ceremonies = context.get(DelegatedCeremonies);

async function timed(use) {
  const startedAt = performance.now();
  const code = await use().then(
    () => 'ok',
    (error) => error.code ?? error.message,
  );
  return { code, ms: performance.now() - startedAt };
}

serve({
  setClock: (message) => {
    now = message.now;
  },
  tokens: ({ usernames }) => Promise.all(usernames.map((username) => timed(() => service.getToken(username)))),
  begin: async ({ username, body }) => {
    let begun;
    const result = await timed(async () => {
      begun = await ceremonies.beginAction(username, { method: 'POST', path: '/wallets', body });
    });
    return { ...result, ...begun };
  },
  finish: ({ username, ceremonyId, assertion }) =>
    timed(() => ceremonies.finishAction(username, ceremonyId, assertion)),
});
