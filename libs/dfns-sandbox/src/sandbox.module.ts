import { type DynamicModule, type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { PermissionGuard } from './access/access-rule.js';
import { BearerGuard } from './access/bearer.guard.js';
import { LegacyHeadersGuard } from './access/legacy-headers.guard.js';
import { RateLimitGuard } from './access/rate-limit.guard.js';
import { SandboxConfig } from './configuration/sandbox-config.js';
import { Beginning } from './control/beginning.js';
import { ConsoleFiles } from './control/console-files.js';
import { ControlMiddleware } from './control/control.middleware.js';
import { ControlAccess } from './control/control-access.js';
import { ControlRoutes } from './control/control-routes.js';
import { ControlSections } from './control/control-sections.js';
import { LiveEvents } from './control/live-events.js';
import { Organisation } from './control/organisation.js';
import { RequestLines } from './control/request-lines.js';
import { SecretVault } from './control/secret-vault.js';
import { StateKeeper } from './control/state-keeper.js';
import { Enrolment } from './enrolment/enrolment.js';
import { TemporarySessions } from './enrolment/temporary-sessions.js';
import { ErrorEnvelopeFilter } from './errors/error-envelope.filter.js';
import { PlatformEvents } from './events/platform-events.js';
import { FaultMiddleware, FaultPlan } from './faults/fault-plan.js';
import { UserStore } from './identities/user-store.js';
import { CallJournal } from './journal/call-journal.js';
import { DelegatedLoginController, LogoutController } from './login/login.controller.js';
import { CredentialChallenges } from './own-credentials/credential-challenges.js';
import { OwnCredentialsController } from './own-credentials/own-credentials.controller.js';
import { DelegatedRecoveryController } from './recovery/delegated-recovery.controller.js';
import { RecoveryController } from './recovery/recovery.controller.js';
import {
  DelegatedRegistrationController,
  RegistrationChallenges,
  RestartController,
} from './registration/delegated-registration.controller.js';
import { RegistrationController } from './registration/registration.controller.js';
import { Connections } from './server/connections.js';
import { BodyTextMiddleware } from './server/dfns-request.js';
import { RequestLog, RequestLogMiddleware } from './server/request-log.js';
import { ServiceAccountFactory } from './service-accounts/service-account-factory.js';
import { ServiceAccountsController } from './service-accounts/service-accounts.controller.js';
import { KeptState } from './state/kept-state.js';
import { IssuedSecrets } from './tokens/issued-secrets.js';
import { RevokedTokens, TokenIssuer } from './tokens/token-issuer.js';
import { ActionSigningController } from './user-actions/action-signing.controller.js';
import { AssertionVerifier } from './user-actions/assertion-verifier.js';
import { UserActionGuard } from './user-actions/user-action.guard.js';
import { UserActionStore } from './user-actions/user-action-store.js';
import { UserFactory } from './users/user-factory.js';
import { UsersController } from './users/users.controller.js';
import { KeysController } from './wallets/keys.controller.js';
import { SignatureStore } from './wallets/signature-store.js';
import { WalletSignaturesController } from './wallets/wallet-signatures.controller.js';
import { WalletStore } from './wallets/wallet-store.js';
import { WalletsController } from './wallets/wallets.controller.js';

/** What controls the sandbox over HTTP. */
const CONTROL = [
  Beginning,
  ConsoleFiles,
  ControlAccess,
  ControlRoutes,
  ControlSections,
  LiveEvents,
  Organisation,
  RequestLines,
  SecretVault,
  StateKeeper,
];

/** The guards run in this order, before the checks of the body and of the entity (dfns-api 21.10). */
const GUARDS = [RateLimitGuard, LegacyHeadersGuard, BearerGuard, PermissionGuard, UserActionGuard];

@Module({
  controllers: [
    ActionSigningController,
    DelegatedLoginController,
    LogoutController,
    DelegatedRegistrationController,
    RegistrationController,
    DelegatedRecoveryController,
    RecoveryController,
    OwnCredentialsController,
    UsersController,
    ServiceAccountsController,
    WalletsController,
    WalletSignaturesController,
    KeysController,
  ],
  providers: [
    ...GUARDS.map((useClass) => ({ provide: APP_GUARD, useClass })),
    { provide: APP_FILTER, useClass: ErrorEnvelopeFilter },
    ...CONTROL,
    AssertionVerifier,
    CallJournal,
    Connections,
    CredentialChallenges,
    Enrolment,
    FaultPlan,
    IssuedSecrets,
    KeptState,
    PlatformEvents,
    RegistrationChallenges,
    RequestLog,
    RevokedTokens,
    ServiceAccountFactory,
    SignatureStore,
    TemporarySessions,
    TokenIssuer,
    UserActionStore,
    UserStore,
    UserFactory,
    WalletStore,
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
    consumer.apply(BodyTextMiddleware, ControlMiddleware, RequestLogMiddleware, FaultMiddleware).forRoutes('{*path}');
  }
}
