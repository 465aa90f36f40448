import { createHash, createPublicKey, randomBytes } from 'node:crypto';
import { keyClientData } from './key-signer.js';
import { readPrivateKey } from './private-key.js';
import { signingEngine } from './signing-engine.js';

/** A key to register. */
export interface NewKeyOptions {
  credentialKind: 'Key' | 'PasswordProtectedKey' | 'RecoveryKey';
  /** PEM text, which is not sent (dfns-api 8.3 lists the formats). */
  privateKey: string;
  passphrase?: string | undefined;
  /** Base64url text of your choice. @default 32 random bytes */
  credId?: string | undefined;
  credentialName?: string | undefined;
  /**
   * The encrypted key for Dfns to store (dfns-api 8.10). Required for a `PasswordProtectedKey`, not used for a `Key`.
   */
  encryptedPrivateKey?: string | undefined;
}

/** A new credential whose key has signed the challenge. */
export type KeyCredential<O extends NewKeyOptions = NewKeyOptions> = Pick<
  O,
  Extract<keyof O, 'credentialKind' | 'credentialName' | 'encryptedPrivateKey'>
> & { credentialInfo: { credId: string; clientData: string; attestationData: string } };

/**
 * Makes a credential from a key, to register it instead of a passkey: in tests, mobile back ends and migrations. The
 * result is for `firstFactorCredential`, `secondFactorCredential` or `recoveryCredential` (dfns-api 8.7).
 *
 * @param challenge `challenge` of the registration, recovery or credential challenge
 * @throws DfnsError `DFNS_CONFIGURATION` if the key cannot be used
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
