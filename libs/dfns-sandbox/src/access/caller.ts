import type { User } from '../identities/user.js';
import type { TokenClaims } from '../tokens/token-issuer.js';

/** Who may call an endpoint: an identity of spec 4.1, or the holder of a `temporaryAuthenticationToken`. */
export type CallerKind = 'ServiceAccount' | 'CustomerEmployee' | 'EndUser' | 'RegistrationSession' | 'RecoverySession';

/** Whose bearer it was. */
export interface Caller {
  kind: CallerKind;
  user: User;
  token: TokenClaims;
}
