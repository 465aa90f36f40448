import { identifier } from './identifier.js';
import { SandboxClock } from './sandbox-clock.js';

/** The options of `DfnsSandbox.start`. All are optional. */
export interface SandboxOptions {
  /** @default 0, which means any free port */
  port?: number | undefined;
  /** @default '127.0.0.1' */
  host?: string | undefined;
  /** The id of the organisation. @default a random id */
  orgId?: string | undefined;
  /** Requires the headers `X-DFNS-APPID` and `X-DFNS-NONCE` of the older documents (dfns-api 3.2, 3.3). @default false */
  legacy?: boolean | undefined;
  /**
   * Adds `POST /auth/registration/delegated/restart`, which only the older documents have.
   * @default the value of `legacy`
   */
  restart?: boolean | undefined;
  lifetimes?: Partial<Lifetimes> | undefined;
  transfers?: Partial<TransferTimes> | undefined;
  /** The number of requests of the organisation in each fixed window of 60 seconds (dfns-api 6.1). @default no limit */
  rateLimitPerMinute?: number | undefined;
  /** The clock, in milliseconds since the epoch. A test can set the time with it. @default Date.now */
  now?: (() => number) | undefined;
  relyingParty?: Partial<RelyingParty> | undefined;
  /**
   * Compares the signed body and the sent body byte by byte, which finds clients that write a body twice. Without it they
   * are compared as JSON values, because some official clients send other bytes than they sign (dfns-api 7.5).
   * @default false
   */
  strict?: boolean | undefined;
  /** Makes the challenges, so that a test can send published test vectors. @default random challenges */
  challenges?: (() => string) | undefined;
  /** Control over HTTP needs this token as a bearer. Without it, control is open only on loopback. @default none */
  controlToken?: string | undefined;
  /** The key and the certificate of the server, PEM. With them the sandbox speaks https only. @default http */
  tls?: { key: string; cert: string } | undefined;
  /** Gets one line for each request when it has ended. @default nothing is logged */
  log?: ((line: string) => void) | undefined;
  /** The number of requests to keep. The sandbox forgets the oldest ones first. @default 100_000 */
  keepRequests?: number | undefined;
  /** Sends webhook deliveries also to other machines. Without it they only go to this machine. @default false */
  remoteWebhooks?: boolean | undefined;
}

/** How long tokens, challenges and user actions are valid, in milliseconds (dfns-api 21.1, 21.2, 21.3). */
export interface Lifetimes {
  /** @default 3_600_000 */
  userTokenMs: number;
  /** The `temporaryAuthenticationToken` of a registration or recovery. @default 900_000 */
  temporaryTokenMs: number;
  /** The `challengeIdentifier`. @default 900_000 */
  challengeMs: number;
  /** The `userAction`. @default 300_000 */
  userActionMs: number;
}

/**
 * When a transfer or a transaction goes on, in milliseconds after it was asked for, or after its approval. `Infinity`
 * means never by the clock, only by hand.
 */
export interface TransferTimes {
  /** @default 1_000 */
  executeAfterMs: number;
  /** @default 2_000 */
  broadcastAfterMs: number;
  /** @default 5_000 */
  confirmAfterMs: number;
}

/** The web application that may use passkeys. */
export interface RelyingParty {
  /** @default 'localhost' */
  id: string;
  name: string;
  /** The allowed origins. @default every origin whose host is `id` or a subdomain of `id`, on any port */
  origins?: string[];
}

const DAY_MS = 86_400_000;
const LIFETIMES: Lifetimes = {
  userTokenMs: 3_600_000,
  temporaryTokenMs: 900_000,
  challengeMs: 900_000,
  userActionMs: 300_000,
};

const TRANSFER_TIMES: TransferTimes = { executeAfterMs: 1_000, broadcastAfterMs: 2_000, confirmAfterMs: 5_000 };

/** The options, with default values for those that are left out. */
export class SandboxConfig {
  readonly orgId: string;
  /** The application that all access tokens name. Dfns has no applications any more. */
  readonly appId = identifier('ap');
  readonly legacy: boolean;
  readonly restart: boolean;
  readonly lifetimes: Lifetimes;
  readonly transfers: TransferTimes;
  readonly rateLimitPerMinute: number | undefined;
  /** The address that the server listens on. */
  readonly host: string;
  readonly strict: boolean;
  readonly controlToken: string | undefined;
  readonly clock: SandboxClock;
  readonly now: () => number;
  readonly relyingParty: RelyingParty;
  readonly nextChallenge: () => string;
  readonly keepRequests: number;
  readonly remoteWebhooks: boolean;

  constructor(options: SandboxOptions) {
    this.orgId = options.orgId ?? identifier('or');
    this.legacy = options.legacy ?? false;
    this.restart = options.restart ?? this.legacy;
    this.lifetimes = { ...LIFETIMES, ...options.lifetimes };
    this.transfers = { ...TRANSFER_TIMES, ...options.transfers };
    this.rateLimitPerMinute = options.rateLimitPerMinute;
    this.host = options.host ?? '127.0.0.1';
    this.strict = options.strict ?? false;
    this.controlToken = options.controlToken;
    this.clock = new SandboxClock(options.now ?? Date.now);
    this.now = this.clock.now;
    this.relyingParty = { id: 'localhost', name: 'Dfns sandbox', ...options.relyingParty };
    this.nextChallenge = options.challenges ?? (() => Buffer.from(identifier('ch')).toString('base64url'));
    this.keepRequests = options.keepRequests ?? 100_000;
    this.remoteWebhooks = options.remoteWebhooks ?? false;
  }

  /** The current time in the date format of the API. */
  date(): string {
    return new Date(this.now()).toISOString();
  }

  daysMs(days: number): number {
    return days * DAY_MS;
  }
}
