import { type DynamicModule, type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { BearerGuard } from './access/bearer.guard.js';
import { LegacyHeadersGuard } from './access/legacy-headers.guard.js';
import { PermissionGuard } from './access/permission.guard.js';
import { RateLimitGuard } from './access/rate-limit.guard.js';
import { SandboxConfig } from './configuration/sandbox-config.js';
import { AssertionVerifier } from './credentials/assertion-verifier.js';
import { CredentialChallenges } from './credentials/credential-challenges.js';
import { CredentialsController } from './credentials/credentials.controller.js';
import { Enrolment } from './credentials/enrolment.js';
import { ErrorEnvelopeFilter } from './errors/error-envelope.filter.js';
import { FaultMiddleware } from './faults/fault.middleware.js';
import { FaultPlan } from './faults/fault-plan.js';
import { ServiceAccountsController } from './identities/service-accounts.controller.js';
import { ServiceAccounts } from './identities/service-accounts.js';
import { UserDirectory } from './identities/user-directory.js';
import { UsersController } from './identities/users.controller.js';
import { Users } from './identities/users.js';
import { DelegatedLoginController } from './login/delegated-login.controller.js';
import { LogoutController } from './login/logout.controller.js';
import { DelegatedRecoveryController } from './recovery/delegated-recovery.controller.js';
import { RecoveryController } from './recovery/recovery.controller.js';
import { DelegatedRegistrationController } from './registration/delegated-registration.controller.js';
import { RegistrationController } from './registration/registration.controller.js';
import { RegistrationChallenges } from './registration/registration-challenges.js';
import { RestartController } from './registration/restart.controller.js';
import { BodyTextMiddleware } from './server/body-text.middleware.js';
import { Connections } from './server/connections.js';
import { RequestLog } from './server/request-log.js';
import { RequestLogMiddleware } from './server/request-log.middleware.js';
import { IssuedSecrets } from './tokens/issued-secrets.js';
import { RevokedTokens } from './tokens/revoked-tokens.js';
import { TemporarySessions } from './tokens/temporary-sessions.js';
import { TokenIssuer } from './tokens/token-issuer.js';
import { UserActionGuard } from './user-actions/user-action.guard.js';
import { UserActionsController } from './user-actions/user-actions.controller.js';
import { UserActions } from './user-actions/user-actions.js';
import { KeysController } from './wallets/keys.controller.js';
import { Signatures } from './wallets/signatures.js';
import { WalletSignaturesController } from './wallets/wallet-signatures.controller.js';
import { WalletsController } from './wallets/wallets.controller.js';
import { Wallets } from './wallets/wallets.js';

/** Checks run in this order, before the body and the entity (spec 17, row 10). */
const GUARDS = [RateLimitGuard, LegacyHeadersGuard, BearerGuard, PermissionGuard, UserActionGuard];

/** The whole of the local Dfns. */
@Module({
  controllers: [
    UserActionsController,
    DelegatedLoginController,
    LogoutController,
    DelegatedRegistrationController,
    RegistrationController,
    DelegatedRecoveryController,
    RecoveryController,
    CredentialsController,
    UsersController,
    ServiceAccountsController,
    WalletsController,
    WalletSignaturesController,
    KeysController,
  ],
  providers: [
    ...GUARDS.map((useClass) => ({ provide: APP_GUARD, useClass })),
    { provide: APP_FILTER, useClass: ErrorEnvelopeFilter },
    AssertionVerifier,
    Connections,
    CredentialChallenges,
    Enrolment,
    FaultPlan,
    IssuedSecrets,
    RegistrationChallenges,
    RequestLog,
    RevokedTokens,
    ServiceAccounts,
    Signatures,
    TemporarySessions,
    TokenIssuer,
    UserActions,
    UserDirectory,
    Users,
    Wallets,
  ],
})
export class SandboxModule implements NestModule {
  static forRoot(config: SandboxConfig): DynamicModule {
    return {
      module: SandboxModule,
      controllers: config.restart ? [RestartController] : [],
      providers: [{ provide: SandboxConfig, useValue: config }],
    };
  }

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(BodyTextMiddleware, RequestLogMiddleware, FaultMiddleware).forRoutes('{*path}');
  }
}
