import { Base64url } from './text.decorator.js';

/** The public part of a new credential (spec 9.5, 9.6). */
export class CredentialInfoDto {
  /** Chosen by whoever made the key, or by the authenticator. */
  @Base64url(1_400)
  credId!: string;

  /** JSON text of type `key.create` or `webauthn.create`. */
  @Base64url(4_096)
  clientData!: string;

  /** Of a key: JSON with its PEM and a signature. Of a passkey: the attestation object. */
  @Base64url(16_384)
  attestationData!: string;
}
