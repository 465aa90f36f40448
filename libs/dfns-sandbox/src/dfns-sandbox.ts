import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { SandboxConfig, type SandboxOptions } from './configuration/sandbox-config.js';
import { Schedule } from './configuration/schedule.js';
import { Refusal } from './errors/refusals.js';
import { PlatformEvents } from './events/platform-events.js';
import type { Fault } from './faults/fault.js';
import { FaultPlan } from './faults/fault-plan.js';
import { type User, UserStore } from './identities/user-store.js';
import { ApprovalControl } from './policies/approval-control.js';
import type { Policy, PolicyBody } from './policies/policy.js';
import { PolicyStore } from './policies/policy-store.js';
import { SandboxModule } from './sandbox.module.js';
import { Connections } from './server/connections.js';
import { type ReceivedRequest, RequestLog } from './server/request-log.js';
import { startQuietly } from './server/start-quietly.js';
import {
  type CreatedServiceAccount,
  ServiceAccountFactory,
  type ServiceAccountRequest,
} from './service-accounts/service-account-factory.js';
import { IssuedSecrets } from './tokens/issued-secrets.js';
import { TokenIssuer } from './tokens/token-issuer.js';
import type { Thing } from './transfers/chain-request.js';
import { ChainRequestControl } from './transfers/chain-request-control.js';
import { ChainRequestStore } from './transfers/chain-request-store.js';
import { LifeCycle } from './transfers/life-cycle.js';
import { type CreatedUser, UserFactory, type UserRequest } from './users/user-factory.js';
import { type WalletRequest, WalletStore, walletAnswer } from './wallets/wallet-store.js';
import { SandboxWebhooks } from './webhooks/sandbox-webhooks.js';

const KEEP_ALIVE_MS = 75_000;

/**
 * A local Dfns. It checks signatures, tokens and permissions, and fails when a test plans a fault. It keeps everything
 * in memory.
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
  static async start(options: SandboxOptions = {}): Promise<DfnsSandbox> {
    const { port = 0, host = '127.0.0.1' } = options;
    const config = new SandboxConfig(options);
    const app = await startQuietly(async () => {
      const created = await NestFactory.create<NestExpressApplication>(
        SandboxModule.forRoot(config),
        new ExpressAdapter(),
        { bodyParser: false, abortOnError: false },
      );
      created.disable('x-powered-by').disable('etag');
      created.get(Connections).watch(created.getHttpServer());
      return created.listen(port, host).then(() => created);
    });
    const server: Server = app.getHttpServer();
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    server.headersTimeout = KEEP_ALIVE_MS + 1_000;
    const bound = (server.address() as AddressInfo).port;
    return new DfnsSandbox(app, config, `http://${host.includes(':') ? `[${host}]` : host}:${bound}`);
  }

  /** Stops the sandbox, and closes all connections immediately. */
  async stop(): Promise<void> {
    this.#app.get(Connections).destroyAll();
    await this.#app.close();
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

  /** Adds and removes planned faults. */
  get faults(): { add(fault: Fault): void; clear(): void } {
    return this.#app.get(FaultPlan);
  }

  /** Webhooks and their deliveries. */
  get webhooks(): SandboxWebhooks {
    return this.#app.get(SandboxWebhooks);
  }

  createServiceAccount(request: ServiceAccountRequest = {}): CreatedServiceAccount {
    return this.#app.get(ServiceAccountFactory).create(request);
  }

  /** Makes a user who needs no registration. */
  createUser(request: UserRequest): CreatedUser {
    return this.#app.get(UserFactory).create(request);
  }

  user(username: string): User | undefined {
    return this.#app.get(UserStore).byUsername(username);
  }

  /** Deactivates a user. All tokens of the user end immediately. */
  deactivateUser(username: string): void {
    this.#app.get(UserStore).deactivate(this.#known(username));
  }

  /** Makes a user token without a login. Employees can get a token only in this way. */
  issueUserToken(username: string): string {
    return this.#app.get(TokenIssuer).issue('Token', this.#known(username), this.#config.lifetimes.userTokenMs);
  }

  /** @param request `delegateTo` is a user id or a username */
  createWallet(request: Pick<WalletRequest, 'network' | 'name' | 'delegateTo'>) {
    const delegateTo = request.delegateTo && (this.user(request.delegateTo)?.userId ?? request.delegateTo);
    return walletAnswer(this.#app.get(WalletStore).create({ ...request, delegateTo }));
  }

  /** Makes a policy, as `POST /v2/policies` does. */
  createPolicy(body: PolicyBody): Policy {
    return this.#app.get(PolicyStore).create(body);
  }

  /** Lists transfers, and broadcasts, confirms, fails and rejects them by hand. */
  get transfers(): ChainRequestControl {
    return this.#control('transfer');
  }

  /** Does for transactions what {@link transfers} does for transfers. */
  get transactions(): ChainRequestControl {
    return this.#control('transaction');
  }

  /** Lists approvals, and approves, denies and expires them by hand. */
  get approvals(): ApprovalControl {
    return this.#app.get(ApprovalControl);
  }

  #control(thing: Thing): ChainRequestControl {
    const app = this.#app;
    const [requests, lifeCycle] = [app.get(ChainRequestStore), app.get(LifeCycle)];
    return new ChainRequestControl(thing, this.#config, app.get(Schedule), requests, lifeCycle);
  }

  #known(username: string): User {
    const user = this.user(username);
    if (!user) throw new Refusal(404, `There is no user ${username}`);
    return user;
  }
}
