import { identifier } from './identifier.js';

/** What `DfnsSandbox.start` takes. Everything may be left out. */
export interface SandboxOptions {
  /** @default 0, any free port */
  port?: number;
  /** @default '127.0.0.1' */
  host?: string;
  /** Organisation of every token and entity; a random one by default. */
  orgId?: string;
  /** Enforces `X-DFNS-APPID` and `X-DFNS-NONCE` as the older documents describe (spec 3.2, 3.3). @default false */
  legacy?: boolean;
  /** Answers `POST /auth/registration/delegated/restart`, which only the older documents know. @default the value of `legacy` */
  restart?: boolean;
  lifetimes?: Partial<Lifetimes>;
  /** Requests per fixed window of 60 seconds, for the whole organisation (spec 6). @default no limit */
  rateLimitPerMinute?: number;
  /** Milliseconds since the epoch. Tests drive time with it. @default Date.now */
  now?: () => number;
  relyingParty?: Partial<RelyingParty>;
  /** Supplies the challenges instead of random ones, so that published test vectors can be replayed. */
  challenges?: () => string;
  /** How many received requests are kept, newest last. @default 100_000 */
  keepRequests?: number;
}

/** How long what the sandbox issues stays good, in milliseconds (spec 17, rows 1 to 3). */
export interface Lifetimes {
  /** @default 3_600_000 */
  userTokenMs: number;
  /** `temporaryAuthenticationToken` of a registration or recovery. @default 900_000 */
  temporaryTokenMs: number;
  /** `challengeIdentifier`. @default 900_000 */
  challengeMs: number;
  /** `userAction`. @default 300_000 */
  userActionMs: number;
}

/** Where passkeys may be made and used. */
export interface RelyingParty {
  /** @default 'localhost' */
  id: string;
  name: string;
  /** Exact origins. @default any origin, on any port, whose host is `id` or below it */
  origins?: string[];
}

const DAY_MS = 86_400_000;
const LIFETIMES: Lifetimes = {
  userTokenMs: 3_600_000,
  temporaryTokenMs: 900_000,
  challengeMs: 900_000,
  userActionMs: 300_000,
};

/** The options, completed. */
export class SandboxConfig {
  readonly orgId: string;
  readonly legacy: boolean;
  readonly restart: boolean;
  readonly lifetimes: Lifetimes;
  readonly rateLimitPerMinute: number | undefined;
  readonly now: () => number;
  readonly relyingParty: RelyingParty;
  readonly nextChallenge: () => string;
  readonly keepRequests: number;

  constructor(options: SandboxOptions) {
    this.orgId = options.orgId ?? identifier('or');
    this.legacy = options.legacy ?? false;
    this.restart = options.restart ?? this.legacy;
    this.lifetimes = { ...LIFETIMES, ...options.lifetimes };
    this.rateLimitPerMinute = options.rateLimitPerMinute;
    this.now = options.now ?? Date.now;
    this.relyingParty = { id: 'localhost', name: 'Dfns sandbox', ...options.relyingParty };
    this.nextChallenge = options.challenges ?? (() => Buffer.from(identifier('ch')).toString('base64url'));
    this.keepRequests = options.keepRequests ?? 100_000;
  }

  /** The present as the API writes dates. */
  date(): string {
    return new Date(this.now()).toISOString();
  }

  daysMs(days: number): number {
    return days * DAY_MS;
  }
}
