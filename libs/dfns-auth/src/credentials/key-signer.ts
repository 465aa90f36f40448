import { DfnsError } from '../errors/dfns-error.js';
import type { CredentialSigner, KeyAssertion, UserActionChallenge } from './credential-signer.js';
import { readPrivateKey } from './private-key.js';
import { type SigningEngine, signingEngine } from './signing-engine.js';

/** Types of client data for key credentials (dfns-api 8.5). */
export type KeyClientDataType = 'key.get' | 'key.create';

/**
 * The client data that a key signs. `key.get` is written as the official TypeScript SDK writes it. The members of
 * `key.create` are in alphabetical order, as the Dfns documents require.
 */
export function keyClientData(type: KeyClientDataType, challenge: string): Buffer {
  return Buffer.from(JSON.stringify(type === 'key.get' ? { type, challenge } : { challenge, type }));
}

/** A key: its credential id at Dfns and the PEM text of the private key (dfns-api 8.3 lists the formats). */
export interface KeySignerOptions {
  credId: string;
  privateKey: string;
  passphrase?: string | undefined;
}

/**
 * Signs user action challenges with a private key. The constructor parses the key and tests it with a signature.
 *
 * @throws DfnsError `DFNS_CONFIGURATION` from the constructor if the key cannot be used
 */
export class KeySigner implements CredentialSigner {
  readonly credId: string;
  readonly #engine: SigningEngine;

  constructor(options: KeySignerOptions) {
    this.credId = options.credId;
    this.#engine = signingEngine(readPrivateKey(options.privateKey, options.passphrase));
  }

  /** @throws DfnsError `DFNS_CREDENTIAL_NOT_ALLOWED` if Dfns does not list our credential for this challenge */
  async sign(challenge: UserActionChallenge): Promise<KeyAssertion> {
    if (!challenge.allowCredentials.key.some(({ id }) => id === this.credId)) {
      throw new DfnsError(
        'DFNS_CREDENTIAL_NOT_ALLOWED',
        'Dfns does not list the configured credential for this identity: check that the credential id belongs to the service account of the token, and that it is active',
      );
    }
    const clientData = keyClientData('key.get', challenge.challenge);
    return {
      kind: 'Key',
      credentialAssertion: {
        credId: this.credId,
        clientData: clientData.toString('base64url'),
        signature: Buffer.from(this.#engine(clientData)).toString('base64url'),
      },
    };
  }
}

/** New credentials, and the signature of a recovery key for them: the body of `POST /auth/recover/user`. */
export interface SignedRecovery<C> {
  recovery: {
    kind: 'RecoveryKey';
    credentialAssertion: { credId: string; clientData: string; signature: string };
  };
  newCredentials: C;
}

/**
 * Signs new credentials with a recovery key that is given as PEM text (dfns-api 8.11). The signature is for the JSON
 * text of `newCredentials`: do not change them afterwards, not even the order of their members.
 *
 * @throws DfnsError `DFNS_CONFIGURATION` if the key cannot be used
 */
export function signRecovery<C extends object>(recoveryKey: KeySignerOptions, newCredentials: C): SignedRecovery<C> {
  const sign = signingEngine(readPrivateKey(recoveryKey.privateKey, recoveryKey.passphrase));
  const challenge = Buffer.from(JSON.stringify(newCredentials)).toString('base64url');
  const clientData = keyClientData('key.get', challenge);
  return {
    recovery: {
      kind: 'RecoveryKey',
      credentialAssertion: {
        credId: recoveryKey.credId,
        clientData: clientData.toString('base64url'),
        signature: Buffer.from(sign(clientData)).toString('base64url'),
      },
    },
    newCredentials,
  };
}
