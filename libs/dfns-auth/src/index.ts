/**
 * The module for NestJS.
 *
 * @module nestjs-dfns-auth
 */

export type { BearerCaller, DfnsRequest, RequestCaller } from './calls/dfns-request.js';
export type {
  DfnsRoutes,
  RouteAnswer,
  RouteInput,
  RouteRequest,
  UntypedRoute,
  UntypedRouteInput,
  UntypedRouteRequest,
} from './calls/routes.js';
export {
  BegunAction,
  BegunCredential,
  BegunRecovery,
  BegunRegistration,
  type Ceremony,
} from './ceremonies/begun-ceremonies.js';
export { KeyvCeremonyStore } from './ceremonies/ceremony-stores.js';
export { DelegatedCeremonies } from './ceremonies/delegated-ceremonies.js';
export type { CeremonyAction } from './ceremonies/external-id.js';
export {
  PublicCredentialChallenge,
  PublicRecoveryChallenge,
  PublicRegistrationChallenge,
  PublicUserActionChallenge,
} from './ceremonies/public-challenges.js';
export type { RegistrationOptions } from './ceremonies/registration-ceremony.js';
export { RegisteredUser } from './ceremonies/registration-completion.js';
export { type Clock, DFNS_CLOCK } from './config/config.js';
export { dfnsAuthConfig } from './config/environment.js';
export type {
  CeremoniesOptions,
  DfnsAuthModuleOptions,
  DfnsAuthOptionsFactory,
  HttpOptions,
  KeyCredentialOptions,
  LegacyOptions,
  Secret,
  ServiceAccountOptions,
  TokensOptions,
  WebhooksOptions,
} from './config/options.js';
export type { CeremonyOwner, CeremonyStore, ReleaseLock, TokenStore, WebhookStore } from './config/stores.js';
export type {
  AllowedCredential,
  CredentialKind,
  CredentialSigner,
  Fido2Assertion,
  FirstFactorAssertion,
  KeyAssertion,
  UserActionChallenge,
} from './credentials/credential-signer.js';
export { createKeyCredential, type KeyCredential, type NewKeyOptions } from './credentials/key-credential.js';
export { KeySigner, type KeySignerOptions, type SignedRecovery, signRecovery } from './credentials/key-signer.js';
export { DfnsAuthModule } from './dfns-auth.module.js';
export { AccessTokenChangesDto, NewPersonalAccessTokenDto, NewServiceAccountDto } from './dto/access-token.dto.js';
export { type FactorAssertionDto, UserActionAssertionDto } from './dto/assertion.dto.js';
export {
  CreateCredentialDto,
  NewCredentialDto,
  RecoveryKeyCredentialDto,
  RegistrationCredentialsDto,
  type SigningCredentialDto,
} from './dto/credentials.dto.js';
export { DelegatedLoginDto } from './dto/login.dto.js';
export { NewPermissionDto, PermissionChangesDto } from './dto/permission.dto.js';
export { DelegatedRecoveryDto, RecoverUserDto } from './dto/recovery.dto.js';
export {
  CompleteEndUserRegistrationDto,
  CompleteRegistrationDto,
  DelegatedRegistrationDto,
  NewWalletDto,
} from './dto/registration.dto.js';
export type { StandardResult, StandardSchema } from './dto/standard-schema.js';
export { InvitedUserDto, UserChangesDto } from './dto/user-changes.dto.js';
export { DfnsExceptionFilter } from './edge/dfns-exception.filter.js';
export { DfnsHealth, DfnsHealthIndicator } from './edge/dfns-health.js';
export { DfnsIdentity } from './edge/dfns-identity.js';
export { DfnsHttpAnswer, type HttpAnswerOptions, toHttpException } from './edge/http-answers.js';
export { DfnsUserGuard } from './edge/user.guard.js';
export { DfnsToken, DfnsUsername } from './edge/user-parameters.js';
export { DfnsWebhook, DfnsWebhookEvent } from './edge/webhook.guard.js';
export {
  DfnsApiError,
  type DfnsApiErrorDetails,
  type DfnsChangeRequest,
  type DfnsDuplicate,
  DfnsError,
  type DfnsErrorDetails,
  isDfnsError,
} from './errors/dfns-error.js';
export { DFNS_ERROR_CODES, DFNS_ERRORS, type DfnsErrorCode, type DfnsErrorEntry } from './errors/error-table.js';
export type { CallOptions } from './http/call-scope.js';
export type { Page } from './http/pages.js';
export type { QueryParameters, UserAction } from './http/request-text.js';
export {
  DFNS_AUTH_OPTIONS,
  getDelegatedAuthToken,
  getDelegatedCeremoniesToken,
  getDfnsAuthOptionsToken,
  getDfnsClientToken,
  getDfnsToken,
  getUserActionSignerToken,
  InjectDelegatedAuth,
  InjectDelegatedCeremonies,
  InjectDfns,
  InjectDfnsClient,
  InjectUserActionSigner,
} from './injection.js';
export type {
  DfnsAuthModuleAsyncOptions,
  ModuleFlags,
  OptionsFromClass,
  OptionsFromExisting,
  OptionsFromFactory,
} from './module-options.js';
export type { KeyvLike } from './sealing/sealed-keyv.js';
export type { SealingKey, SealingOptions } from './sealing/sealer.js';
export type { DfnsAccessToken } from './services/access-token-answer.js';
export type { CredentialChallenge, RecoveryChallenge, RegistrationChallenge } from './services/creation-challenges.js';
export { DelegatedAuthService } from './services/delegated-auth.service.js';
export { DfnsClient } from './services/dfns-client.js';
export { type CredentialOwner, DfnsCredential, DfnsCredentials } from './services/dfns-credentials.js';
export {
  type DfnsPermission,
  type DfnsPermissionAssignment,
  DfnsPermissions,
  type PermissionQuery,
} from './services/dfns-permissions.js';
export { DfnsPersonalAccessTokens } from './services/dfns-personal-access-tokens.js';
export { type DfnsServiceAccount, DfnsServiceAccounts, type ForceOptions } from './services/dfns-service-accounts.js';
export { type DfnsUser, DfnsUsers, type PermissionOfIdentity, type UserQuery } from './services/dfns-users.js';
export {
  type DelegatedLoginResponse,
  type EndUserRegistrationResult,
  RecoveryResult,
  RegistrationResult,
  Wallet,
} from './services/results.js';
export { UserActionSigner } from './services/user-action-signer.js';
export type { DfnsCallEvent, DfnsOutcome, DfnsStepEvent, DfnsTokenEvent } from './telemetry/events.js';
export { KeyvTokenStore } from './tokens/keyv-token-store.js';
export type { WarmedUsers } from './tokens/token-warmer.js';
export type {
  DfnsWebhookEventKind,
  UndocumentedWebhookEventKind,
  WebhookRequest,
  WebhookThing,
} from './webhooks/webhook-event.js';
export { verifyDfnsWebhook, type WebhookCheck } from './webhooks/webhook-signature.js';
export { KeyvWebhookStore } from './webhooks/webhook-stores.js';
