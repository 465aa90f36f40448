import { keyClientData } from './client-data.js';
import type { KeySignerOptions } from './key.signer.js';
import { readPrivateKey } from './private-key.js';
import { signingEngine } from './signing-engine.js';

/** New credentials, and the signature of a recovery key under them: the body of `POST /auth/recover/user`. */
export interface SignedRecovery<C> {
  recovery: {
    kind: 'RecoveryKey';
    credentialAssertion: { credId: string; clientData: string; signature: string };
  };
  newCredentials: C;
}

/**
 * Signs new credentials with a recovery key that is at hand as text (spec 9.8). What is signed is the JSON text of
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
