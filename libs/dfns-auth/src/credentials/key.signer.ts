import { DfnsError } from '../errors/dfns.error.js';
import { keyClientData } from './client-data.js';
import type { CredentialSigner, KeyAssertion, UserActionChallenge } from './credential-signer.js';
import { readPrivateKey } from './private-key.js';
import { type SigningEngine, signingEngine } from './signing-engine.js';

/** A plain key: its credential id at Dfns and the text of the private key (spec 9.3 lists the containers). */
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
