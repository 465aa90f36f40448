import type {
  PublicCredentialChallenge,
  PublicRecoveryChallenge,
  PublicRegistrationChallenge,
  PublicUserActionChallenge,
} from '#library/ceremonies/public-challenges.js';
import type { Fido2Assertion } from '#library/credentials/credential-signer.js';
import type { Fido2CredentialDto } from '#library/dto/credentials.dto.js';
import { base64url, fromBase64url, utf8 } from './bytes.js';
import { assertSupported, browserError, DfnsBrowserError } from './errors.js';

/*
 * The bytes of the challenge's text are signed, as in the browser SDK of Dfns (dfns-api 8.6). Everything is converted
 * here, so that browsers without `PublicKeyCredential.parseCreationOptionsFromJSON` take the same path as others.
 */

/** The relying party: the domain that passkeys belong to. It must be allowed for your organisation at Dfns. */
export interface RelyingPartyOptions {
  /** @default the relying party of the challenge; without one, the host of the page */
  rp?: { id: string; name?: string } | undefined;
}

/** Options of {@link createPasskey}. */
export interface NewPasskeyOptions extends RelyingPartyOptions {
  /** Name of the passkey in the list of the person's credentials. @default 'Passkey' */
  name?: string | undefined;
}

/** A challenge with which a passkey can be made. */
export type PasskeyChallenge = PublicRegistrationChallenge | PublicRecoveryChallenge | PublicCredentialChallenge;

/** A new passkey, as `RegistrationCredentialsDto` and `NewCredentialDto` have it. */
export type NewPasskey = Fido2CredentialDto & { credentialName: string };

/** A signed action: the body for a `UserActionAssertionDto`. */
export interface SignedAction {
  firstFactor: Fido2Assertion;
}

/**
 * Makes a passkey on this device: for a registration or a recovery, or as one more passkey, which the person then
 * approves with {@link signAction}.
 *
 * @throws DfnsBrowserError
 */
export async function createPasskey(challenge: PasskeyChallenge, options: NewPasskeyOptions = {}): Promise<NewPasskey> {
  const { name = 'Passkey', rp = challenge.rp } = options;
  const publicKey = {
    challenge: utf8(challenge.challenge),
    user: { ...challenge.user, id: utf8(challenge.user.id) },
    rp: { name: document.title, ...rp },
    pubKeyCredParams: challenge.pubKeyCredParams,
    attestation: challenge.attestation,
    authenticatorSelection: challenge.authenticatorSelection,
    // In a recovery, the passkeys that will be replaced must not keep this device from making a new one.
    excludeCredentials: isRecovery(challenge) ? [] : challenge.excludeCredentials?.map(descriptor),
  } as PublicKeyCredentialCreationOptions;
  const { id, response } = await asked<AuthenticatorAttestationResponse>(() =>
    navigator.credentials.create({ publicKey }),
  );
  return {
    credentialKind: 'Fido2',
    credentialInfo: {
      credId: id,
      clientData: base64url(response.clientDataJSON),
      attestationData: base64url(response.attestationObject),
    },
    credentialName: name,
  };
}

/**
 * Has the person sign an action with a passkey.
 *
 * @throws DfnsBrowserError
 */
export async function signAction(
  challenge: PublicUserActionChallenge,
  options: RelyingPartyOptions = {},
): Promise<SignedAction> {
  const { userVerification } = challenge;
  const { rp = challenge.rp } = options;
  const passkeys = challenge.allowCredentials.webauthn.map(descriptor);
  // Without this check, the browser would offer the passkeys of all accounts.
  if (passkeys.length === 0) throw new DfnsBrowserError('PASSKEY_MISSING', 'the challenge allows no passkey');
  const text = utf8(challenge.challenge);
  const publicKey = { challenge: text, allowCredentials: passkeys, userVerification, rpId: rp?.id };
  const { id, response } = await asked<AuthenticatorAssertionResponse>(() => navigator.credentials.get({ publicKey }));
  const credentialAssertion: Fido2Assertion['credentialAssertion'] = {
    credId: id,
    clientData: base64url(response.clientDataJSON),
    authenticatorData: base64url(response.authenticatorData),
    signature: base64url(response.signature),
  };
  if (response.userHandle?.byteLength) credentialAssertion.userHandle = base64url(response.userHandle);
  return { firstFactor: { kind: 'Fido2', credentialAssertion } };
}

function isRecovery(challenge: PasskeyChallenge): boolean {
  return 'allowedRecoveryCredentials' in challenge;
}

function descriptor({ type, id }: { type: 'public-key'; id: string }): PublicKeyCredentialDescriptor {
  return { type, id: fromBase64url(id) };
}

/** Asks the person through the browser. */
async function asked<R extends AuthenticatorResponse>(
  ask: () => Promise<Credential | null>,
): Promise<{ id: string; response: R }> {
  assertSupported();
  const credential = await ask().catch((error: unknown) => {
    throw browserError(error);
  });
  if (!credential) throw new DfnsBrowserError('PASSKEY_CANCELLED', 'the browser gave no passkey');
  return { id: credential.id, response: (credential as PublicKeyCredential).response as R };
}
