import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import type { ExecutionContext } from '@nestjs/common';
import type { CredentialSigner } from '../credentials/credential-signer.js';
import type { CeremonyStore, TokenStore, WebhookStore } from './stores.js';

/**
 * A secret, or a function that fetches it, for example from a secret manager. A function is called at start, and again
 * when Dfns refuses what it gave: at most once in 5 seconds, and the call goes on with what it gives. It may take 10
 * seconds.
 */
export type Secret = string | (() => string | Promise<string>);

/** The key of the service account, as text. It is parsed, checked and tested with a signature when it is read. */
export interface KeyCredentialOptions {
  /** The `credId` that Dfns showed when the service account was created. */
  credId: Secret;
  /** PEM: PKCS#8, SEC1 or PKCS#1, plain or encrypted; Ed25519, P-256, secp256k1, or RSA of 2048 bits or more. */
  privateKey: Secret;
  /** Passphrase of an encrypted key. */
  passphrase?: Secret | undefined;
}

/** The identity of the back end at Dfns. Token and key together can log in as any user: keep both on the server. */
export interface ServiceAccountOptions {
  /** The bearer token. A warning is logged 14, 7 and 1 days before it ends. */
  authToken: Secret;
  /** The key as text, or your own signer, for example for a KMS or an HSM. */
  credential: KeyCredentialOptions | CredentialSigner;
}

/** Limits for requests to Dfns. */
export interface HttpOptions {
  /** Milliseconds for one request, from connecting to the last byte; also for one signature. @default 5_000 */
  attemptTimeoutMs?: number | undefined;
  /** Milliseconds for a whole call with all its requests, attempts and waits. @default 15_000 */
  deadlineMs?: number | undefined;
  /** Attempts of a call, the first one included. @default 3 */
  maxAttempts?: number | undefined;
  /** Largest answer that is accepted, in bytes. @default 1_048_576 */
  maxResponseBytes?: number | undefined;
  /** Largest number of connections to Dfns at the same time. @default 64 */
  maxSockets?: number | undefined;
  /**
   * The agent that makes the connections: for an egress proxy, a private certificate authority, or a client certificate.
   * It must fit the scheme of `baseUrl`, and the application closes it. @default one of ours, closed with the application
   */
  agent?: HttpAgent | HttpsAgent | undefined;
}

/** How user tokens are kept. */
export interface TokensOptions {
  /** Users whose token is kept in memory. If there are more, the least recently used is dropped. @default 10_000 */
  maxEntries?: number | undefined;
  /** Milliseconds before its end from which a token is no longer served. @default 60_000 */
  leewayMs?: number | undefined;
  /** Milliseconds before a token is no longer served, from which it is refreshed in the background. @default 300_000 */
  refreshAheadMs?: number | undefined;
  /** Lifetime in milliseconds of a token that does not state its own. @default 300_000 */
  defaultLifetimeMs?: number | undefined;
  /** A store that replicas share. @default none: in the memory of this process */
  store?: TokenStore | undefined;
}

/** How ceremonies are kept until the browser answers the challenge. */
export interface CeremoniesOptions {
  /** Milliseconds to answer a challenge. The challenges of Dfns last 15 minutes. @default 600_000 */
  lifetimeMs?: number | undefined;
  /** Ceremonies that are kept in memory. If there are more, the oldest is dropped. @default 10_000 */
  maxEntries?: number | undefined;
  /** A store that replicas share. @default none: in the memory of this process */
  store?: CeremonyStore | undefined;
}

/** How deliveries of webhooks are checked, and how it is remembered which events were handled. See `DfnsWebhook`. */
export interface WebhooksOptions {
  /**
   * The secrets (`whs-…`) that Dfns showed when your webhooks were created. While you replace a webhook, give the old
   * and the new one. Functions are called at start and for every delivery, and may take 10 seconds.
   */
  secrets?: Secret | Secret[] | undefined;
  /** A store that replicas share. @default none: in the memory of this process, the last 100 000 events for 25 hours */
  store?: WebhookStore | undefined;
}

/** Headers that only older Dfns documents ask for (dfns-api 3.2, 3.3). They are not sent unless set. */
export interface LegacyOptions {
  /** Sent as `X-DFNS-APPID`. */
  appId?: string | undefined;
  /** Send a fresh `X-DFNS-NONCE` with every request. @default false */
  nonce?: boolean | undefined;
}

/** Options of `DfnsAuthModule.forRoot`, and what the factory of `forRootAsync` returns. */
export interface DfnsAuthModuleOptions {
  /** Base URL of the region, with or without a path. `http:` only for this machine. @default https://api.dfns.io */
  baseUrl?: string | undefined;
  /**
   * Host names that `baseUrl` may reach by `http:` beyond this machine, for a sandbox in another container. Refused if
   * `NODE_ENV` is `production`. @default none: only this machine
   */
  insecureHttpHosts?: string[] | undefined;
  /** If set, every token that is used or received must be of this organisation (dfns-api 4.5). */
  orgId?: string | undefined;
  serviceAccount: ServiceAccountOptions;
  http?: HttpOptions | undefined;
  tokens?: TokensOptions | undefined;
  ceremonies?: CeremoniesOptions | undefined;
  webhooks?: WebhooksOptions | undefined;
  /** Returns the Dfns username of the authenticated principal, from your session or access token, never from a body. */
  identity?: ((context: ExecutionContext) => string | undefined | Promise<string | undefined>) | undefined;
  legacy?: LegacyOptions | undefined;
  /** Has the service account sign a challenge at start; `'warn'` logs a failure, `'fail'` stops the start. @default off */
  checkOnStart?: 'off' | 'warn' | 'fail' | undefined;
}

/** Makes the options, for `useClass` and `useExisting`. */
export interface DfnsAuthOptionsFactory {
  /** Is called once for each instance, at start. */
  createDfnsAuthOptions(): DfnsAuthModuleOptions | Promise<DfnsAuthModuleOptions>;
}
