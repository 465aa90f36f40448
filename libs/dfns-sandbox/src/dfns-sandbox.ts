import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { SandboxConfig, type SandboxOptions } from './configuration/sandbox-config.js';
import { Refusal } from './errors/refusals.js';
import type { Fault } from './faults/fault.js';
import { FaultPlan } from './faults/fault-plan.js';
import { type User, UserStore } from './identities/user-store.js';
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
import { type CreatedUser, UserFactory, type UserRequest } from './users/user-factory.js';
import { type WalletRequest, WalletStore, walletAnswer } from './wallets/wallet-store.js';

const KEEP_ALIVE_MS = 75_000;

/** A local Dfns: real signatures, real tokens, documented refusals, and faults on demand. Its state lives in memory. */
export class DfnsSandbox {
  readonly #app: INestApplication;
  readonly #config: SandboxConfig;
  /** Its origin, such as `http://127.0.0.1:40123`. */
  readonly url: string;
  readonly orgId: string;

  private constructor(app: INestApplication, config: SandboxConfig, url: string) {
    this.#app = app;
    this.#config = config;
    this.url = url;
    this.orgId = config.orgId;
  }

  /** Starts a server of its own and says nothing while it does. */
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

  /** Ends every connection, the hanging ones too. */
  async stop(): Promise<void> {
    this.#app.get(Connections).destroyAll();
    await this.#app.close();
  }

  /** What was received so far, oldest first. */
  get requests(): ReceivedRequest[] {
    return this.#app.get(RequestLog).requests;
  }

  /** How many TCP connections were accepted so far. */
  get connections(): number {
    return this.#app.get(Connections).accepted;
  }

  /** Every secret that was handed out, for tests that look for leaks. */
  get secrets(): readonly string[] {
    return this.#app.get(IssuedSecrets).all;
  }

  /** What shall go wrong. */
  get faults(): { add(fault: Fault): void; clear(): void } {
    return this.#app.get(FaultPlan);
  }

  createServiceAccount(request: ServiceAccountRequest = {}): CreatedServiceAccount {
    return this.#app.get(ServiceAccountFactory).create(request);
  }

  /** A user who need not go through registration. */
  createUser(request: UserRequest): CreatedUser {
    return this.#app.get(UserFactory).create(request);
  }

  user(username: string): User | undefined {
    return this.#app.get(UserStore).byUsername(username);
  }

  /** Switches a user off; their tokens end at once. */
  deactivateUser(username: string): void {
    this.#app.get(UserStore).deactivate(this.#known(username));
  }

  /** A user token without a login; the only way to one for employees. */
  issueUserToken(username: string): string {
    return this.#app.get(TokenIssuer).issue('Token', this.#known(username), this.#config.lifetimes.userTokenMs);
  }

  /** @param request `delegateTo` takes a user id or a username */
  createWallet(request: Pick<WalletRequest, 'network' | 'name' | 'delegateTo'>) {
    const delegateTo = request.delegateTo && (this.user(request.delegateTo)?.userId ?? request.delegateTo);
    return walletAnswer(this.#app.get(WalletStore).create({ ...request, delegateTo }));
  }

  #known(username: string): User {
    const user = this.user(username);
    if (!user) throw new Refusal(404, `There is no user ${username}`);
    return user;
  }
}
