import { identifier } from '../identities/identifiers.js';
import type { Lifetimes, RelyingParty, SandboxOptions } from './sandbox-options.js';

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
