import { type DynamicModule, type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { PermissionGuard } from './access/access-rule.js';
import { BearerGuard } from './access/bearer.guard.js';
import { LegacyHeadersGuard } from './access/legacy-headers.guard.js';
import { RateLimitGuard } from './access/rate-limit.guard.js';
import { RoleStore } from './access/role-store.js';
import { SandboxConfig } from './configuration/sandbox-config.js';
import { Schedule, ScheduleMiddleware } from './configuration/schedule.js';
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
import { DelegatedLoginController } from './login/delegated-login.controller.js';
import { LoginController } from './login/login.controller.js';
import { LogoutController } from './login/logout.controller.js';
import { CredentialChallenges } from './own-credentials/credential-challenges.js';
import { CredentialCodesController } from './own-credentials/credential-codes.controller.js';
import { OwnCredentialsController } from './own-credentials/own-credentials.controller.js';
import { PermissionRolesController } from './permissions/permission-roles.controller.js';
import { RoleAssignmentsController } from './permissions/role-assignments.controller.js';
import { OwnAccessTokensController } from './personal-access-tokens/own-access-tokens.controller.js';
import { PersonalAccessTokenFactory } from './personal-access-tokens/personal-access-token-factory.js';
import { ActivityHandlers } from './policies/activity-handlers.js';
import { ApprovalControl } from './policies/approval-control.js';
import { ApprovalStore } from './policies/approval-store.js';
import { ChangeRequests } from './policies/change-requests.js';
import { PoliciesController } from './policies/policies.controller.js';
import { PolicyApprovalsController } from './policies/policy-approvals.controller.js';
import { PolicyGate } from './policies/policy-gate.js';
import { PolicyStore } from './policies/policy-store.js';
import { DelegatedRecoveryController } from './recovery/delegated-recovery.controller.js';
import { RecoveryController } from './recovery/recovery.controller.js';
import { RecoveryChallenges } from './recovery/recovery-challenges.js';
import { RecoveryCodesController } from './recovery/recovery-codes.controller.js';
import {
  DelegatedRegistrationController,
  RegistrationChallenges,
  RestartController,
} from './registration/delegated-registration.controller.js';
import { RegistrationController } from './registration/registration.controller.js';
import { RegistrationCodesController } from './registration/registration-codes.controller.js';
import { Connections } from './server/connections.js';
import { BodyTextMiddleware } from './server/dfns-request.js';
import { RequestLog, RequestLogMiddleware } from './server/request-log.js';
import { UnknownRouteFilter } from './server/unknown-route.filter.js';
import { ApplicationsController } from './service-accounts/applications.controller.js';
import { ServiceAccountFactory } from './service-accounts/service-account-factory.js';
import { ServiceAccountsController } from './service-accounts/service-accounts.controller.js';
import { KeptState } from './state/kept-state.js';
import { IssuedSecrets } from './tokens/issued-secrets.js';
import { MailedCodes } from './tokens/mailed-codes.js';
import { Outbox } from './tokens/outbox.js';
import { RevokedTokens, TokenIssuer } from './tokens/token-issuer.js';
import { ChainRequestControls } from './transfers/chain-request-control.js';
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
    LoginController,
    LogoutController,
    DelegatedRegistrationController,
    RestartController,
    RegistrationController,
    RegistrationCodesController,
    DelegatedRecoveryController,
    RecoveryCodesController,
    RecoveryController,
    CredentialCodesController,
    OwnCredentialsController,
    UsersController,
    ServiceAccountsController,
    WalletAssetsController,
    TransfersController,
    TransactionsController,
    ApplicationsController,
    OwnAccessTokensController,
    PermissionRolesController,
    RoleAssignmentsController,
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
    ActivityHandlers,
    ApprovalControl,
    ApprovalStore,
    { provide: APP_FILTER, useClass: UnknownRouteFilter },
    AssertionVerifier,
    ChainRequestControls,
    ChainRequestStore,
    ChangeRequests,
    ...CONTROL,
    CallJournal,
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
    KeptState,
    PlatformEvents,
    PolicyGate,
    PolicyStore,
    MailedCodes,
    Outbox,
    PersonalAccessTokenFactory,
    RecoveryChallenges,
    RegistrationChallenges,
    Replacement,
    RequestLog,
    RequestOpening,
    RevokedTokens,
    SandboxWebhooks,
    Schedule,
    RoleStore,
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
      providers: [{ provide: SandboxConfig, useValue: config }],
    };
  }

  configure(consumer: MiddlewareConsumer): void {
    const inOrder = [BodyTextMiddleware, ControlMiddleware, RequestLogMiddleware, ScheduleMiddleware, FaultMiddleware];
    consumer.apply(...inOrder).forRoutes('{*path}');
  }
}
