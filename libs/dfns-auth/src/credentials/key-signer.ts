import { DfnsError } from '../errors/dfns-error.js';
import type { CredentialSigner, KeyAssertion, UserActionChallenge } from './credential-signer.js';
import { readPrivateKey } from './private-key.js';
import { type SigningEngine, signingEngine } from './signing-engine.js';

/** Types of client data for key credentials (dfns-api 8.5). */
export type KeyClientDataType = 'key.get' | 'key.create';

/**
 * The text that a key credential signs. `key.get` is written as the official signers write it; `key.create` with its
 * members in alphabetical order, as the documents demand.
 */
export function keyClientData(type: KeyClientDataType, challenge: string): Buffer {
  return Buffer.from(JSON.stringify(type === 'key.get' ? { type, challenge } : { challenge, type }));
}

/** A plain key: its credential id at Dfns and the text of the private key (dfns-api 8.3 lists the containers). */
export interface KeySignerOptions {
  credId: string;
  privateKey: string;
  passphrase?: string;
}

/**
 * Signs user action challenges with a private key that is parsed and probed once, when the signer is made.
 *
 * @throws DfnsError `DFNS_CONFIGURATION` from the constructor when the key cannot be used
 */
export class KeySigner implements CredentialSigner {
  readonly credId: string;
  readonly #engine: SigningEngine;

  constructor(options: KeySignerOptions) {
    this.credId = options.credId;
    this.#engine = signingEngine(readPrivateKey(options.privateKey, options.passphrase));
  }

  /** @throws DfnsError `DFNS_CREDENTIAL_NOT_ALLOWED` when Dfns does not list our credential for this challenge */
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

/** New credentials, and the signature of a recovery key under them: the body of `POST /auth/recover/user`. */
export interface SignedRecovery<C> {
  recovery: {
    kind: 'RecoveryKey';
    credentialAssertion: { credId: string; clientData: string; signature: string };
  };
  newCredentials: C;
}

/**
 * Signs new credentials with a recovery key that is at hand as text (dfns-api 8.11). What is signed is the JSON text of
 * `newCredentials`: change nothing in them afterwards, not even the order of their members.
 *
 * @throws DfnsError `DFNS_CONFIGURATION` when the key cannot be used
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
