import { identifier } from '../configuration/identifier.js';

/** The kinds of dfns-api 8.1 that Dfns supports today. */
export type CredentialKind = 'Fido2' | 'Key' | 'PasswordProtectedKey' | 'RecoveryKey';

/** A public key that belongs to a user. */
export interface Credential {
  /** The id that Dfns gives, `cr-…`. */
  readonly credentialUuid: string;
  /** The id that the client or the authenticator gives. Assertions name the credential by this id. */
  readonly credId: string;
  readonly kind: CredentialKind;
  readonly name: string;
  /** The PEM, exactly as it was registered. For a passkey it is the COSE key in base64url. */
  readonly publicKey: string;
  readonly dateCreated: string;
  readonly origin: string;
  /** The private key, encrypted on the device. The sandbox stores it and cannot read it. */
  readonly encryptedPrivateKey?: string;
  isActive: boolean;
  /** The signature counter of a passkey. */
  counter: number;
}

/** Makes a credential. Members that are left out have default values. */
export function newCredential(
  given: Pick<Credential, 'credId' | 'kind' | 'publicKey' | 'dateCreated'> & Partial<Credential>,
): Credential {
  return {
    credentialUuid: identifier('cr'),
    name: 'Default Credential',
    origin: '',
    isActive: true,
    counter: 0,
    ...given,
  };
}

/** Whether a credential can sign user actions. A user without such a credential cannot log in. */
export const isUsable = ({ isActive, kind }: Credential) => isActive && kind !== 'RecoveryKey';
