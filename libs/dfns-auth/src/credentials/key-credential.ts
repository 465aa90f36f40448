import { createHash, createPublicKey, randomBytes } from 'node:crypto';
import { keyClientData } from './key-signer.js';
import { readPrivateKey } from './private-key.js';
import { signingEngine } from './signing-engine.js';

/** A plain key that is to be registered. */
export interface NewKeyOptions {
  credentialKind: 'Key' | 'PasswordProtectedKey' | 'RecoveryKey';
  /** PEM text, which stays here (dfns-api 8.3 lists the containers). */
  privateKey: string;
  passphrase?: string;
  /** Base64url text of your choice. @default 32 random bytes */
  credId?: string;
  credentialName?: string;
  /** For Dfns to keep and hand back (dfns-api 8.10): required for a `PasswordProtectedKey`, of no use for a `Key`. */
  encryptedPrivateKey?: string;
}

/** A key that has signed the challenge of its registration. */
export type KeyCredential<O extends NewKeyOptions = NewKeyOptions> = Pick<
  O,
  Extract<keyof O, 'credentialKind' | 'credentialName' | 'encryptedPrivateKey'>
> & { credentialInfo: { credId: string; clientData: string; attestationData: string } };

/**
 * Registers a plain key instead of a passkey: in tests, mobile back ends and migrations. The result is for
 * `firstFactorCredential`, `secondFactorCredential` or `recoveryCredential` (dfns-api 8.7).
 *
 * @param challenge of the registration, the recovery or the credential challenge
 * @throws DfnsError `DFNS_CONFIGURATION` when the key cannot be used
 */
export function createKeyCredential<const O extends NewKeyOptions>(challenge: string, options: O): KeyCredential<O> {
  const { credentialKind, credentialName, encryptedPrivateKey } = options;
  const key = readPrivateKey(options.privateKey, options.passphrase);
  const clientData = keyClientData('key.create', challenge);
  const clientDataHash = createHash('sha256').update(clientData).digest('hex');
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'pem' });
  const fingerprint = Buffer.from(JSON.stringify({ clientDataHash, publicKey }));
  const signature = Buffer.from(signingEngine(key)(fingerprint)).toString('hex');
  return {
    credentialKind,
    credentialInfo: {
      credId: options.credId ?? randomBytes(32).toString('base64url'),
      clientData: clientData.toString('base64url'),
      attestationData: Buffer.from(JSON.stringify({ publicKey, signature })).toString('base64url'),
    },
    ...(encryptedPrivateKey !== undefined && { encryptedPrivateKey }),
    ...(credentialName !== undefined && { credentialName }),
  } as unknown as KeyCredential<O>;
}
