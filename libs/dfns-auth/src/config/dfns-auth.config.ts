import { registerAs } from '@nestjs/config';
import type { DfnsAuthModuleOptions } from './dfns-auth-options.js';
import { readEnvironment } from './environment.js';
import { sealOptions } from './sealed-options.js';

/**
 * The options of the module from environment variables, as a namespace of `@nestjs/config`:
 * `DfnsAuthModule.forRootAsync(dfnsAuthConfig.asProvider())`.
 *
 * @throws DfnsError `DFNS_CONFIGURATION` with every problem of every variable in one message, and none of the values
 */
export const dfnsAuthConfig = registerAs('dfnsAuth', (): DfnsAuthModuleOptions => {
  const env = readEnvironment(process.env);
  return sealOptions({
    baseUrl: env.DFNS_API_URL,
    orgId: env.DFNS_ORG_ID,
    serviceAccount: {
      authToken: env.DFNS_AUTH_TOKEN,
      credential: {
        credId: env.DFNS_CRED_ID,
        privateKey: env.DFNS_PRIVATE_KEY,
        passphrase: env.DFNS_PRIVATE_KEY_PASSPHRASE,
      },
    },
    http: {
      attemptTimeoutMs: env.DFNS_ATTEMPT_TIMEOUT_MS,
      deadlineMs: env.DFNS_DEADLINE_MS,
      maxAttempts: env.DFNS_MAX_ATTEMPTS,
    },
    tokens: { maxEntries: env.DFNS_TOKEN_CACHE_SIZE },
    legacy: { appId: env.DFNS_APP_ID, nonce: env.DFNS_SEND_NONCE },
  });
});
