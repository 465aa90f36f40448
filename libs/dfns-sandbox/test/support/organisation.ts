import type { DfnsApiClient } from '@dfns/sdk';
import { afterAll, afterEach, beforeAll } from '@jest/globals';
import type { DfnsSandbox, SandboxOptions } from 'dfns-sandbox';
import { CheckedSandbox } from './checked-sandbox.js';
import { type Identity, signedCall, signingClient } from './clients.js';

/** Every permission that the tests need, so that only other rules refuse a call. */
export const ALL = [
  ...['Wallets:Create', 'Wallets:Read', 'Wallets:Update', 'Wallets:Tags:Add', 'Wallets:Tags:Delete'],
  ...['Wallets:Transfers:Create', 'Wallets:Transfers:Read', 'Wallets:Transfers:Abort'],
  ...['Wallets:Transactions:Create', 'Wallets:Transactions:Read', 'Wallets:Transactions:Abort'],
  ...['Keys:Create', 'Keys:Read', 'Keys:Update', 'Keys:Reuse', 'Keys:Delegate', 'Keys:Export', 'Keys:Import'],
  ...['Keys:Signatures:Create', 'Keys:Signatures:Read', 'FeeSponsors:Use', 'Policies:Create', 'Policies:Read'],
  ...['Policies:Update', 'Policies:Archive', 'Policies:Approvals:Read', 'Policies:Approvals:Approve'],
];

/** Events of what tests make for themselves. */
const SET_UP = ['wallet.created', 'key.created'];

/** Somebody who calls the API: with the official SDK, or without it. */
export interface Member extends Identity {
  userId: string;
  sdk: DfnsApiClient;
  /** Sends a signed request without the SDK. */
  send: (method: string, path: string, body?: object) => ReturnType<typeof signedCall>;
}

/** A checked sandbox with a clock of its own, its events, and people who may do everything. */
export class Organisation {
  readonly #dfns = new CheckedSandbox();
  readonly events: { kind: string; data: Record<string, unknown> }[] = [];
  readonly #options: SandboxOptions;
  now = Date.UTC(2026, 8, 21);
  account!: Member;

  constructor(options: SandboxOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    await this.#dfns.start({ now: () => this.now, lifetimes: { userTokenMs: 86_400_000 }, ...this.#options });
    this.sandbox.events.listen((event) => {
      if (!SET_UP.includes(event.kind)) this.events.push(event);
    });
    this.account = this.#member(this.sandbox.createServiceAccount({ permissions: ALL }));
  }

  /** Fails if an answer was not as documented. */
  stop(): Promise<void> {
    return this.#dfns.stop();
  }

  get sandbox(): DfnsSandbox {
    return this.#dfns.sandbox;
  }

  get url(): string {
    return this.#dfns.url;
  }

  /** Makes an end user or an employee. */
  user(username: string, kind: 'EndUser' | 'CustomerEmployee', permissions = ALL): Member {
    const { userId, credId = '', privateKey } = this.sandbox.createUser({ username, kind, permissions });
    return this.#member({ userId, credId, privateKey, authToken: this.sandbox.issueUserToken(username) });
  }

  /** Lets every request under way end, and forgets the events. */
  settle(): void {
    this.now += 10_000;
    this.sandbox.transfers.list();
    this.events.length = 0;
  }

  /** The events since the last look, as `kind` and the status of the thing. */
  taken(): string[] {
    return this.events.splice(0).map(({ kind, data }) => {
      const [thing] = Object.values(data) as { status?: string }[];
      return thing?.status === undefined ? kind : `${kind} ${thing.status}`;
    });
  }

  #member({ privateKey = '', ...identity }: Identity & { userId: string }): Member {
    const send: Member['send'] = (...request) => signedCall(this.#dfns, { privateKey, ...identity }, ...request);
    return { ...identity, privateKey, sdk: signingClient(this, { privateKey, ...identity }), send };
  }
}

/** Starts one organisation for all tests of a file. Each test begins without events and without requests under way. */
export function useOrganisation(options: SandboxOptions = {}): Organisation {
  const organisation = new Organisation(options);
  beforeAll(() => organisation.start());
  afterEach(() => organisation.settle());
  afterAll(() => organisation.stop());
  return organisation;
}

/** Says how a call of the SDK was refused: status and message. */
export async function refusalOf(
  call: Promise<unknown>,
): Promise<{ status?: number; message?: string; details?: unknown }> {
  return call.then(
    () => ({}),
    (error) => ({
      status: error.httpStatus,
      message: error.message,
      details: error.context?.body?.error?.details,
    }),
  );
}
