import { identifier } from '../configuration/identifier.js';

/** Kinds of spec 9.1 that are supported today. */
export type CredentialKind = 'Fido2' | 'Key' | 'PasswordProtectedKey' | 'RecoveryKey';

/** A public key that somebody registered. */
export interface Credential {
  /** The server's id, `cr-…`. */
  readonly credentialUuid: string;
  /** The id its creator or its authenticator chose; the one that signatures name. */
  readonly credId: string;
  readonly kind: CredentialKind;
  readonly name: string;
  /** PEM as it was registered; for a passkey the COSE key in base64url. */
  readonly publicKey: string;
  readonly dateCreated: string;
  readonly origin: string;
  /** Opaque, encrypted on the device. */
  readonly encryptedPrivateKey?: string;
  isActive: boolean;
  /** Signature counter of a passkey. */
  counter: number;
}

/** A credential that is registered now; what is not said is as usual. */
export function newCredential(
  said: Pick<Credential, 'credId' | 'kind' | 'publicKey' | 'dateCreated'> & Partial<Credential>,
): Credential {
  return {
    credentialUuid: identifier('cr'),
    name: 'Default Credential',
    origin: '',
    isActive: true,
    counter: 0,
    ...said,
  };
}

/** May it sign user actions and be a reason to log in? */
export const isUsable = ({ isActive, kind }: Credential) => isActive && kind !== 'RecoveryKey';
