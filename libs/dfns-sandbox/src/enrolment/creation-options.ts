import type { RelyingParty } from '../configuration/sandbox-config.js';
import { PASSKEY_ALGORITHMS } from '../credentials/attestation.js';
import type { User } from '../identities/user-store.js';

const FACTORS = ['Fido2', 'Key', 'PasswordProtectedKey'];

/** The members that come with the challenge for a new key (dfns-api 19.8). */
export function keyCreationOptions(user: User, { id, name }: RelyingParty) {
  return {
    user: { id: user.userId, displayName: user.name, name: user.username },
    rp: { id, name },
    attestation: 'none',
    pubKeyCredParams: PASSKEY_ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
  };
}

/** The members that come with the challenge for a new passkey. */
export function passkeyCreationOptions(user: User, relyingParty: RelyingParty) {
  return {
    ...keyCreationOptions(user, relyingParty),
    authenticatorSelection: { residentKey: 'preferred', requireResidentKey: false, userVerification: 'required' },
    excludeCredentials: user.credentials
      .filter(({ kind }) => kind === 'Fido2')
      .map(({ credId }) => ({ type: 'public-key', id: credId })),
  };
}

/** The members that come with the challenge of a registration or recovery (dfns-api 19.2). */
export function registrationOptions(user: User, relyingParty: RelyingParty) {
  return {
    ...passkeyCreationOptions(user, relyingParty),
    supportedCredentialKinds: { firstFactor: FACTORS, secondFactor: FACTORS },
    otpUrl: '',
  };
}
