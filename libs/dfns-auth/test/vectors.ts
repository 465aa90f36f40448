import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A test key of the vectors, in every container it comes in. */
export interface VectorKey {
  id: 'ed25519' | 'p256' | 'secp256k1' | 'rsa2048';
  credId: string;
  privateKeyPem: Record<string, string>;
  encryptedPkcs8: { pem: string; passphrase: string };
  publicKeyPem: { spki: string };
}

interface Vectors {
  keys: VectorKey[];
  privateKeyVariants: { name: string; keyId: VectorKey['id']; pem: string }[];
  refusedPrivateKeys: { name: string; pem: string; passphrase: string | null; reason: string }[];
  userActionSigning: {
    name: string;
    keyId: VectorKey['id'];
    clientDataLayout: string;
    challenge: string;
    signatureDeterministic: boolean;
    firstFactor: { kind: 'Key'; credentialAssertion: { credId: string; clientData: string; signature: string } };
  }[];
  payloadStrings: { name: string; bodyObject?: object; userActionPayload: string; sentBody: string | null }[];
  authTokens: { orgId: string; cases: { name: string; token: string; orgId: string; expect: 'ok' | 'error' }[] };
}

/** Vectors made by another implementation than ours. */
export const vectors: Vectors = JSON.parse(readFileSync(join('test', 'fixtures', 'vectors.json'), 'utf8'));

export function vectorKey(id: VectorKey['id']): VectorKey {
  return vectors.keys.find((key) => key.id === id) as VectorKey;
}
