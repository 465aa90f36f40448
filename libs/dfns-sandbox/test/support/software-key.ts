import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

const base64url = (text: string) => Buffer.from(text).toString('base64url');

/** A key credential that follows the specification and shares no code with the sandbox. */
export class SoftwareKey {
  readonly credId = randomBytes(16).toString('base64url');
  readonly publicKey: string;
  readonly #privateKey: KeyObject;

  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    this.publicKey = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    this.#privateKey = privateKey;
  }

  get privateKeyPem(): string {
    return this.#privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  }

  /** The attestation of this key for a challenge (dfns-api 8.7). */
  credential<const K extends string>(credentialKind: K, challenge: string) {
    const clientData = JSON.stringify({ challenge, type: 'key.create' });
    const clientDataHash = createHash('sha256').update(clientData).digest('hex');
    const fingerprint = JSON.stringify({ clientDataHash, publicKey: this.publicKey });
    const signature = sign('sha256', Buffer.from(fingerprint), this.#privateKey).toString('hex');
    const attestationData = base64url(JSON.stringify({ publicKey: this.publicKey, signature }));
    return {
      credentialKind,
      credentialInfo: { credId: this.credId, clientData: base64url(clientData), attestationData },
    };
  }

  /** The assertion of this key for a challenge (dfns-api 8.5). */
  assertion(challenge: string, type = 'key.get') {
    const clientData = JSON.stringify({ type, challenge });
    const signature = sign('sha256', Buffer.from(clientData), this.#privateKey).toString('base64url');
    return { credId: this.credId, clientData: base64url(clientData), signature };
  }
}
