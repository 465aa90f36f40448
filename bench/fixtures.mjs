import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';

export const ORG_ID = 'or-bench-bench-benchbenchbench';

/** A self-signed certificate for loopback that is valid for one day. */
export function makeCertificate(folder) {
  const [keyPath, certPath] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyPath];
  execFileSync('openssl', ['req', '-x509', ...key, '-out', certPath, '-days', '1', ...subject], { stdio: 'pipe' });
  return { keyPath, certPath };
}

/** Key, credential id and token of a service account. */
export function makeServiceAccount(type, options = {}) {
  const { publicKey, privateKey } = generateKeyPairSync(type, options);
  return {
    orgId: ORG_ID,
    credId: 'bench-credential',
    authToken: makeToken('service-account', 90 * 86_400),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }),
  };
}

/** A token with the claims of a Dfns token and about its length. The signature is not valid, and nobody checks it. */
export function makeToken(username, lifetimeS) {
  const iat = Math.floor(Date.now() / 1000);
  const claims = {
    'https://custom/username': username,
    'https://custom/app_metadata': { userId: 'us-bench-bench-benchbenchbench', orgId: ORG_ID, tokenKind: 'Token' },
    iss: 'bench',
    aud: 'dfns:api',
    sub: ORG_ID,
    iat,
    exp: iat + lifetimeS,
  };
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${encode({ alg: 'EdDSA', typ: 'JWT' })}.${encode(claims)}.${'x'.repeat(86)}`;
}
