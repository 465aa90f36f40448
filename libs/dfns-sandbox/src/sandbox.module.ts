import { type DynamicModule, type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { PermissionGuard } from './access/access-rule.js';
import { BearerGuard } from './access/bearer.guard.js';
import { LegacyHeadersGuard } from './access/legacy-headers.guard.js';
import { RateLimitGuard } from './access/rate-limit.guard.js';
import { SandboxConfig } from './configuration/sandbox-config.js';
import { Schedule, ScheduleMiddleware } from './configuration/schedule.js';
import { Enrolment } from './enrolment/enrolment.js';
import { TemporarySessions } from './enrolment/temporary-sessions.js';
import { ErrorEnvelopeFilter } from './errors/error-envelope.filter.js';
import { PlatformEvents } from './events/platform-events.js';
import { FaultMiddleware, FaultPlan } from './faults/fault-plan.js';
import { UserStore } from './identities/user-store.js';
import { DelegatedLoginController, LogoutController } from './login/login.controller.js';
import { CredentialChallenges } from './own-credentials/credential-challenges.js';
import { OwnCredentialsController } from './own-credentials/own-credentials.controller.js';
import { ApprovalControl } from './policies/approval-control.js';
import { ApprovalStore } from './policies/approval-store.js';
import { ChangeRequests } from './policies/change-requests.js';
import { PoliciesController } from './policies/policies.controller.js';
import { PolicyApprovalsController } from './policies/policy-approvals.controller.js';
import { PolicyGate } from './policies/policy-gate.js';
import { PolicyStore } from './policies/policy-store.js';
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
import { IssuedSecrets } from './tokens/issued-secrets.js';
import { RevokedTokens, TokenIssuer } from './tokens/token-issuer.js';
import { ChainRequestStore } from './transfers/chain-request-store.js';
import { History } from './transfers/history.js';
import { Holdings } from './transfers/holdings.js';
import { LifeCycle } from './transfers/life-cycle.js';
import { Replacement } from './transfers/replacement.js';
import { RequestOpening } from './transfers/request-opening.js';
import { Settlement } from './transfers/settlement.js';
import { TransactionsController } from './transfers/transactions.controller.js';
import { TransfersController } from './transfers/transfers.controller.js';
import { WalletAssetsController } from './transfers/wallet-assets.controller.js';
import { ActionSigningController } from './user-actions/action-signing.controller.js';
import { AssertionVerifier } from './user-actions/assertion-verifier.js';
import { UserActionGuard } from './user-actions/user-action.guard.js';
import { UserActionStore } from './user-actions/user-action-store.js';
import { UserFactory } from './users/user-factory.js';
import { UsersController } from './users/users.controller.js';
import { Delegation } from './wallets/delegation.js';
import { KeySignaturesController } from './wallets/key-signatures.controller.js';
import { KeysController } from './wallets/keys.controller.js';
import { SignatureStore } from './wallets/signature-store.js';
import { WalletChangesController } from './wallets/wallet-changes.controller.js';
import { WalletSignaturesController } from './wallets/wallet-signatures.controller.js';
import { WalletStore } from './wallets/wallet-store.js';
import { WalletsController } from './wallets/wallets.controller.js';
import { DeliverySender } from './webhooks/delivery-sender.js';
import { SandboxWebhooks } from './webhooks/sandbox-webhooks.js';
import { WebhookDeliveries } from './webhooks/webhook-deliveries.js';
import { WebhookStore } from './webhooks/webhook-store.js';
import { WebhooksController } from './webhooks/webhooks.controller.js';

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
    WalletAssetsController,
    TransfersController,
    TransactionsController,
    WalletsController,
    WalletChangesController,
    WalletSignaturesController,
    KeysController,
    WebhooksController,
    KeySignaturesController,
    PoliciesController,
    PolicyApprovalsController,
  ],
  providers: [
    ...GUARDS.map((useClass) => ({ provide: APP_GUARD, useClass })),
    { provide: APP_FILTER, useClass: ErrorEnvelopeFilter },
    ApprovalControl,
    ApprovalStore,
    AssertionVerifier,
    ChainRequestStore,
    ChangeRequests,
    Connections,
    CredentialChallenges,
    DeliverySender,
    Delegation,
    Enrolment,
    FaultPlan,
    History,
    Holdings,
    IssuedSecrets,
    LifeCycle,
    PlatformEvents,
    PolicyGate,
    PolicyStore,
    RegistrationChallenges,
    Replacement,
    RequestLog,
    RequestOpening,
    RevokedTokens,
    SandboxWebhooks,
    Schedule,
    ServiceAccountFactory,
    Settlement,
    SignatureStore,
    TemporarySessions,
    TokenIssuer,
    UserActionStore,
    UserStore,
    UserFactory,
    WalletStore,
    WebhookDeliveries,
    WebhookStore,
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
    consumer.apply(BodyTextMiddleware, RequestLogMiddleware, ScheduleMiddleware, FaultMiddleware).forRoutes('{*path}');
  }
}
