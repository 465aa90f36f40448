export type { DfnsRequest, RequestCaller } from './api/dfns-request.js';
export { DfnsClient } from './api/dfns.client.js';
export type { CallOptions } from './client/call-scope.js';
export type { QueryParameters } from './client/request-target.js';
export { dfnsAuthConfig } from './config/dfns-auth.config.js';
export type {
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
export { DelegatedAuthService, type DelegatedLoginResponse } from './delegated-auth/delegated-auth.service.js';
export { DelegatedLoginDto } from './delegated-auth/delegated-login.dto.js';
export { DfnsAuthModule } from './dfns-auth.module.js';
export type { DfnsAuthModuleAsyncOptions, ModuleFlags } from './dfns-auth.module-definition.js';
export {
  DFNS_AUTH_OPTIONS,
  getDelegatedAuthToken,
  getDfnsAuthOptionsToken,
  getDfnsClientToken,
  getDfnsIdentityToken,
  getUserActionSignerToken,
  InjectDelegatedAuth,
  InjectDfnsClient,
  InjectDfnsIdentity,
  InjectUserActionSigner,
} from './dfns-auth.tokens.js';
export { DfnsExceptionFilter } from './edge/dfns-exception.filter.js';
export { DfnsIdentity } from './edge/dfns-identity.js';
export { DfnsToken, DfnsUsername } from './edge/dfns-user.decorators.js';
export { DfnsUserGuard } from './edge/dfns-user.guard.js';
export { type DfnsHttpAnswer, type HttpAnswerOptions, toHttpException } from './edge/http-answers.js';
export { DFNS_ERROR_CODES, type DfnsErrorCode } from './errors/dfns-error-code.js';
export { DfnsError, type DfnsErrorDetails, isDfnsError } from './errors/dfns.error.js';
export { DfnsApiError, type DfnsApiErrorDetails } from './errors/dfns-api.error.js';
export type { KeyvLike } from './sealing/sealed-keyv.js';
export type { SealingKey, SealingOptions } from './sealing/sealer.js';
export { KeyvTokenStore } from './tokens/keyv-token-store.js';
export type { UserAction } from './user-actions/user-action.js';
export { UserActionSigner } from './user-actions/user-action.signer.js';
