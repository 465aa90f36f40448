export { DfnsClient } from './api/dfns.client.js';
export type { DfnsRequest, RequestCaller } from './api/dfns-request.js';
export type { Ceremony } from './ceremonies/ceremony.js';
export { DelegatedCeremonies } from './ceremonies/delegated-ceremonies.js';
export { KeyvCeremonyStore } from './ceremonies/keyv-ceremony.store.js';
export type {
  PublicCredentialChallenge,
  PublicRecoveryChallenge,
  PublicRegistrationChallenge,
} from './ceremonies/public-creation-challenges.js';
export type { PublicUserActionChallenge } from './ceremonies/public-user-action-challenge.js';
export type { RegisteredUser } from './ceremonies/registered-user.js';
export type { RegistrationOptions } from './ceremonies/registration.ceremony.js';
export type { CallOptions } from './client/call-scope.js';
export type { QueryParameters } from './client/request-target.js';
export type { CeremonyStore } from './config/ceremony-store.js';
export { dfnsAuthConfig } from './config/dfns-auth.config.js';
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
} from './config/dfns-auth-options.js';
export type { ReleaseLock, TokenStore } from './config/token-store.js';
export type {
  AllowedCredential,
  CredentialKind,
  CredentialSigner,
  Fido2Assertion,
  FirstFactorAssertion,
  KeyAssertion,
  UserActionChallenge,
} from './credentials/credential-signer.js';
export { KeySigner, type KeySignerOptions } from './credentials/key.signer.js';
export { createKeyCredential, type KeyCredential, type NewKeyOptions } from './credentials/key-credential.js';
export { type SignedRecovery, signRecovery } from './credentials/recovery-signature.js';
export type { Page } from './delegated-auth/all-pages.js';
export type { CredentialChallenge } from './delegated-auth/credential-challenge.js';
export { DelegatedAuthService } from './delegated-auth/delegated-auth.service.js';
export type { DelegatedLoginResponse } from './delegated-auth/delegated-login-response.js';
export type { DfnsCredential } from './delegated-auth/dfns-credential.js';
export { DfnsCredentials } from './delegated-auth/dfns-credentials.js';
export type { DfnsUser } from './delegated-auth/dfns-user.js';
export { DfnsUsers, type UserQuery } from './delegated-auth/dfns-users.js';
export { CompleteEndUserRegistrationDto } from './delegated-auth/dto/complete-end-user-registration.dto.js';
export { CompleteRegistrationDto } from './delegated-auth/dto/complete-registration.dto.js';
export { CreateCredentialDto } from './delegated-auth/dto/create-credential.dto.js';
export type { RecoveryKeyCredentialDto, SigningCredentialDto } from './delegated-auth/dto/credential.dto.js';
export { DelegatedLoginDto } from './delegated-auth/dto/delegated-login.dto.js';
export { DelegatedRecoveryDto } from './delegated-auth/dto/delegated-recovery.dto.js';
export { DelegatedRegistrationDto } from './delegated-auth/dto/delegated-registration.dto.js';
export { NewCredentialDto } from './delegated-auth/dto/new-credential.dto.js';
export type { NewWalletDto } from './delegated-auth/dto/new-wallet.dto.js';
export { RecoverUserDto } from './delegated-auth/dto/recover-user.dto.js';
export { RegistrationCredentialsDto } from './delegated-auth/dto/registration-credentials.dto.js';
export { type FactorAssertionDto, UserActionAssertionDto } from './delegated-auth/dto/user-action-assertion.dto.js';
export type { RecoveryResult } from './delegated-auth/recovery.calls.js';
export type { RecoveryChallenge } from './delegated-auth/recovery-challenge.js';
export type { RegistrationChallenge } from './delegated-auth/registration-challenge.js';
export type { EndUserRegistrationResult, RegistrationResult } from './delegated-auth/registration-result.js';
export type { Wallet } from './delegated-auth/wallet.js';
export { DfnsAuthModule } from './dfns-auth.module.js';
export type { DfnsAuthModuleAsyncOptions, ModuleFlags } from './dfns-auth.module-definition.js';
export {
  DFNS_AUTH_OPTIONS,
  getDelegatedAuthToken,
  getDelegatedCeremoniesToken,
  getDfnsAuthOptionsToken,
  getDfnsClientToken,
  getDfnsCredentialsToken,
  getDfnsHealthIndicatorToken,
  getDfnsIdentityToken,
  getDfnsUsersToken,
  getUserActionSignerToken,
  InjectDelegatedAuth,
  InjectDelegatedCeremonies,
  InjectDfnsClient,
  InjectDfnsCredentials,
  InjectDfnsHealthIndicator,
  InjectDfnsIdentity,
  InjectDfnsUsers,
  InjectUserActionSigner,
} from './dfns-auth.tokens.js';
export { DfnsExceptionFilter } from './edge/dfns-exception.filter.js';
export { type DfnsHealth, DfnsHealthIndicator } from './edge/dfns-health.indicator.js';
export { DfnsIdentity } from './edge/dfns-identity.js';
export { DfnsToken, DfnsUsername } from './edge/dfns-user.decorators.js';
export { DfnsUserGuard } from './edge/dfns-user.guard.js';
export { type DfnsHttpAnswer, type HttpAnswerOptions, toHttpException } from './edge/http-answers.js';
export { DfnsError, type DfnsErrorDetails, isDfnsError } from './errors/dfns.error.js';
export { DfnsApiError, type DfnsApiErrorDetails } from './errors/dfns-api.error.js';
export { DFNS_ERROR_CODES, type DfnsErrorCode } from './errors/dfns-error-code.js';
export type { KeyvLike } from './sealing/sealed-keyv.js';
export type { SealingKey, SealingOptions } from './sealing/sealer.js';
export type { DfnsFlowEvent, DfnsOutcome, DfnsStepEvent, DfnsTokenEvent } from './telemetry/events.js';
export { KeyvTokenStore } from './tokens/keyv-token-store.js';
export type { UserAction } from './user-actions/user-action.js';
export { UserActionSigner } from './user-actions/user-action.signer.js';
