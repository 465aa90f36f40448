import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import type { ExecutionContext } from '@nestjs/common';
import type { CredentialSigner } from '../credentials/credential-signer.js';
import type { CeremonyStore, TokenStore } from './stores.js';

/** A secret, or a function that fetches it. Functions let a secret manager hold it. */
export type Secret = string | (() => string | Promise<string>);

/** The key of the service account, as text. It is read, checked and probed once, at start. */
export interface KeyCredentialOptions {
  /** The `credId` that Dfns showed when the service account was made. */
  credId: string;
  /** PEM: PKCS#8, SEC1 or PKCS#1, plain or encrypted; Ed25519, P-256, secp256k1 or RSA of 2048 bits and more. */
  privateKey: Secret;
  /** For an encrypted key. */
  passphrase?: string;
}

/** The one identity that a back end has at Dfns. Token and key together are a master login. */
export interface ServiceAccountOptions {
  /** The bearer token. A function is asked at start and before each use: let it remember what is slow to fetch. */
  authToken: Secret;
  /** The key as text, or a signer of yours in front of a KMS or an HSM. */
  credential: KeyCredentialOptions | CredentialSigner;
}

/** Limits of the traffic to Dfns. */
export interface HttpOptions {
  /** Milliseconds for one request, from connecting to the last byte. @default 5_000 */
  attemptTimeoutMs?: number;
  /** Milliseconds for a whole call: its three requests, retries and waits. @default 15_000 */
  deadlineMs?: number;
  /** How often a call is tried, the first time included. @default 3 */
  maxAttempts?: number;
  /** Bytes of the longest answer that is read. @default 1_048_576 */
  maxResponseBytes?: number;
  /** Connections to Dfns at the same time. @default 64 */
  maxSockets?: number;
  /**
   * The agent that makes the connections: for an egress proxy, a private certificate authority, or a client certificate.
   * It must fit the scheme of `baseUrl`, and the application closes it. @default one of ours, closed with the application
   */
  agent?: HttpAgent | HttpsAgent;
}

/** How user tokens are kept. */
export interface TokensOptions {
  /** Users whose token is kept; the least recently used goes first. @default 10_000 */
  maxEntries?: number;
  /** Milliseconds before its end at which a token is no longer served. @default 60_000 */
  leewayMs?: number;
  /** Milliseconds before that at which a served token is refreshed behind. @default 300_000 */
  refreshAheadMs?: number;
  /** Milliseconds that a token lives which does not tell its lifetime. @default 300_000 */
  defaultLifetimeMs?: number;
  /** A store shared by replicas. @default none: in the memory of this process */
  store?: TokenStore;
}

/** How ceremonies are kept between a challenge and its answer. */
export interface CeremoniesOptions {
  /** Milliseconds to answer a challenge. Dfns's own challenges last 15 minutes. @default 600_000 */
  lifetimeMs?: number;
  /** Ceremonies that are kept in memory; the oldest goes first. @default 10_000 */
  maxEntries?: number;
  /** A store shared by replicas. @default none: in the memory of this process */
  store?: CeremonyStore;
}

/** Headers that only older Dfns documents ask for (dfns-api 3.2, 3.3). Off unless set. */
export interface LegacyOptions {
  /** Sent as `X-DFNS-APPID`. */
  appId?: string;
  /** Send a fresh `X-DFNS-NONCE` with every request. @default false */
  nonce?: boolean;
}

/** Options of `DfnsAuthModule.forRoot`, and what the factory of `forRootAsync` returns. */
export interface DfnsAuthModuleOptions {
  /** Region of the organisation; a path prefix is kept; `http:` only for loopback hosts. @default https://api.dfns.io */
  baseUrl?: string;
  /** When given, every token used or received must be of this organisation (dfns-api 4.5). */
  orgId?: string;
  serviceAccount: ServiceAccountOptions;
  http?: HttpOptions;
  tokens?: TokensOptions;
  ceremonies?: CeremoniesOptions;
  /** The Dfns username of the authenticated principal: from your session or access token, never from a body. */
  identity?: (context: ExecutionContext) => string | undefined | Promise<string | undefined>;
  legacy?: LegacyOptions;
}

/** For `useClass` and `useExisting`. */
export interface DfnsAuthOptionsFactory {
  createDfnsAuthOptions(): DfnsAuthModuleOptions | Promise<DfnsAuthModuleOptions>;
}
