import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { RoleStore } from './access/role-store.js';
import type { SandboxClock } from './configuration/sandbox-clock.js';
import { SandboxConfig, type SandboxOptions } from './configuration/sandbox-config.js';
import { Beginning, type Seeded } from './control/beginning.js';
import { Organisation } from './control/organisation.js';
import { RequestLines } from './control/request-lines.js';
import { expectSeed, type Seed } from './control/seed.js';
import { StateKeeper } from './control/state-keeper.js';
import { PlatformEvents } from './events/platform-events.js';
import type { Fault } from './faults/fault.js';
import { FaultPlan, type PlannedFault } from './faults/fault-plan.js';
import { type User, UserStore } from './identities/user-store.js';
import type { ReceivedRequest } from './journal/call-record.js';
import type {
  CreatedPersonalAccessToken,
  PersonalAccessTokenRequest,
} from './personal-access-tokens/personal-access-token-factory.js';
import { PersonalAccessTokenFactory } from './personal-access-tokens/personal-access-token-factory.js';
import { ApprovalControl } from './policies/approval-control.js';
import type { Policy, PolicyBody } from './policies/policy.js';
import { PolicyStore } from './policies/policy-store.js';
import { SandboxModule } from './sandbox.module.js';
import { Connections } from './server/connections.js';
import { answerMalformedRequests } from './server/malformed-requests.js';
import { NodeAdapter } from './server/node-adapter.js';
import { RequestLog } from './server/request-log.js';
import { startQuietly } from './server/start-quietly.js';
import {
  type CreatedServiceAccount,
  ServiceAccountFactory,
  type ServiceAccountRequest,
} from './service-accounts/service-account-factory.js';
import { readStateFile } from './state/state-file.js';
import { IssuedSecrets } from './tokens/issued-secrets.js';
import { type Mail, Outbox } from './tokens/outbox.js';
import { type ChainRequestControl, ChainRequestControls } from './transfers/chain-request-control.js';
import { type CreatedUser, UserFactory, type UserRequest } from './users/user-factory.js';
import type { WalletRequest } from './wallets/wallet-store.js';
import { SandboxWebhooks } from './webhooks/sandbox-webhooks.js';

const KEEP_ALIVE_MS = 75_000;

/** The options of `DfnsSandbox.start`. All are optional. */
export interface StartOptions extends SandboxOptions {
  /** Users, service accounts, keys and wallets that the sandbox has from the start. A reset brings them back. */
  seed?: Seed | undefined;
  /**
   * The path of a file that keeps everything over restarts: ids, keys and tokens. Its owner only may read it. If the
   * file exists, the sandbox continues with it and ignores `seed`.
   */
  state?: string | undefined;
}

/**
 * A local Dfns. It checks signatures, tokens and permissions, and fails when a test plans a fault. It keeps everything
 * in memory, and in a file too with the option `state`.
 */
export class DfnsSandbox {
  readonly #app: INestApplication;
  readonly #config: SandboxConfig;
  /** The base URL, such as `http://127.0.0.1:40123`. */
  readonly url: string;
  readonly orgId: string;

  private constructor(app: INestApplication, config: SandboxConfig, url: string) {
    this.#app = app;
    this.#config = config;
    this.url = url;
    this.orgId = config.orgId;
  }

  /** Starts the sandbox on a port of its own. It logs nothing. */
  static async start(options: StartOptions = {}): Promise<DfnsSandbox> {
    const { port = 0, host = '127.0.0.1', tls, state, log } = options;
    const seed = options.seed && expectSeed(options.seed);
    const saved = state === undefined ? undefined : readStateFile(state);
    if (saved && options.orgId && options.orgId !== saved.orgId) {
      throw new Error(`${state} is the state of another organisation: ${saved.orgId}`);
    }
    const config = new SandboxConfig({ ...options, orgId: saved?.orgId ?? options.orgId });
    const app = await startQuietly(async () => {
      const created = await NestFactory.create(SandboxModule.forRoot(config), new NodeAdapter(), {
        bodyParser: false,
        abortOnError: false,
        ...(tls && { httpsOptions: tls }),
      });
      created.get(Connections).watch(created.getHttpServer());
      created.get(Beginning).begin(seed, saved);
      if (log) created.get(RequestLines).start(log);
      await created.listen(port, host);
      if (state !== undefined) created.get(StateKeeper).start(state);
      return created;
    });
    const server: Server = app.getHttpServer();
    answerMalformedRequests(server);
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    server.headersTimeout = KEEP_ALIVE_MS + 1_000;
    const bound = (server.address() as AddressInfo).port;
    return new DfnsSandbox(
      app,
      config,
      `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    );
  }

  /** Stops the sandbox, and closes all connections immediately. */
  async stop(): Promise<void> {
    this.#app.get(Connections).destroyAll();
    await this.#app.close();
  }

  /** What the option `seed` made, with the tokens and the private keys. */
  get seeded(): Seeded {
    return this.#app.get(Beginning).seeded;
  }

  /** The requests that the sandbox received, oldest first. */
  get requests(): ReceivedRequest[] {
    return this.#app.get(RequestLog).requests;
  }

  /** The number of TCP connections that the sandbox accepted. */
  get connections(): number {
    return this.#app.get(Connections).accepted;
  }

  /** All secrets that the sandbox gave to clients and tests, for tests that search logs for them. */
  get secrets(): readonly string[] {
    return this.#app.get(IssuedSecrets).all;
  }

  /** `listen` tells what happens in the organisation, as webhooks do. It returns a function that ends it. */
  get events(): Pick<PlatformEvents, 'listen'> {
    return this.#app.get(PlatformEvents);
  }

  /** Adds and removes planned faults. `add` returns the id of the fault. */
  get faults(): { add(fault: Fault): string; list(): PlannedFault[]; remove(id: string): boolean; clear(): void } {
    return this.#app.get(FaultPlan);
  }

  /** Webhooks and their deliveries. */
  get webhooks(): SandboxWebhooks {
    return this.#app.get(SandboxWebhooks);
  }

  /** The mails with codes that Dfns would have sent. */
  get outbox(): { list(): Mail[]; clear(): void } {
    return this.#app.get(Outbox);
  }

  /** Makes a service account. Without `publicKey` it also makes its key pair. */
  createServiceAccount(request: ServiceAccountRequest = {}): CreatedServiceAccount {
    return this.#app.get(ServiceAccountFactory).create(request);
  }

  /** Makes a user who needs no registration. */
  createUser(request: UserRequest): CreatedUser {
    return this.#app.get(UserFactory).create(request);
  }

  /** Makes a token that acts for a user, with a key of its own. */
  createPersonalAccessToken({ username, ...request }: PersonalAccessTokenRequest): CreatedPersonalAccessToken {
    return this.#app.get(PersonalAccessTokenFactory).create(this.#app.get(Organisation).user(username), request);
  }

  /** Makes a permission: a named list of operations, such as `['Wallets:Read']`. Nobody has it yet. */
  createPermission({ name, operations }: { name: string; operations: string[] }): { permissionId: string } {
    return { permissionId: this.#app.get(RoleStore).create(name, operations).id };
  }

  /** Gives a permission to a user, a service account or a personal access token. */
  assignPermission({ permissionId, identityId }: { permissionId: string; identityId: string }): {
    assignmentId: string;
  } {
    return { assignmentId: this.#app.get(RoleStore).assign(permissionId, identityId).id };
  }

  /** Finds a user by the username. */
  user(username: string): User | undefined {
    return this.#app.get(UserStore).byUsername(username);
  }

  /** Deactivates a user. All tokens of the user end immediately. */
  deactivateUser(username: string): void {
    this.#app.get(Organisation).deactivateUser(username);
  }

  /** Makes a user token without a login. Employees can get a token only in this way. */
  issueUserToken(username: string): string {
    return this.#app.get(Organisation).issueUserToken(username);
  }

  /** Makes a wallet. @param request `delegateTo` is a user id or a username */
  createWallet(request: Pick<WalletRequest, 'network' | 'name' | 'delegateTo'>) {
    return this.#app.get(Organisation).createWallet(request);
  }

  /** Makes a policy, as `POST /v2/policies` does. */
  createPolicy(body: PolicyBody): Policy {
    return this.#app.get(PolicyStore).create(body);
  }

  /** Lists transfers, and broadcasts, confirms, fails and rejects them by hand. */
  get transfers(): ChainRequestControl {
    return this.#app.get(ChainRequestControls).transfers;
  }

  /** Does for transactions what {@link transfers} does for transfers. */
  get transactions(): ChainRequestControl {
    return this.#app.get(ChainRequestControls).transactions;
  }

  /** Lists approvals, and approves, denies and expires them by hand. */
  get approvals(): ApprovalControl {
    return this.#app.get(ApprovalControl);
  }

  /** The clock. `advance(ms)` moves it forward, `reset()` takes that back. */
  get clock(): SandboxClock {
    return this.#config.clock;
  }

  /** Goes back to the moment after the start. It forgets everything that came later, and all faults. */
  reset(): void {
    this.#app.get(Organisation).reset();
  }
}
