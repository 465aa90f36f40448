import { createPrivateKey, X509Certificate as NodeCertificate, webcrypto } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { writeWhole } from '../state/state-file.js';

const DAY_MS = 86_400_000;
const VALID_MS = 397 * DAY_MS;
/** A certificate that ends sooner is replaced. */
const RENEWED_MS = 14 * DAY_MS;
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const SERVER_AUTHENTICATION = '1.3.6.1.5.5.7.3.1';

/** The key and the certificate of the server, PEM, and the file of the certificate, which clients may trust. */
export interface Certificate {
  key: string;
  cert: string;
  path: string;
}

/**
 * Returns the certificate of a folder for localhost and `host`. It makes one if there is none, or if it ends soon, so
 * that a client that trusts it does so over restarts. It is valid for these hosts only, and cannot sign others.
 */
export async function certificateIn(folder: string, host: string): Promise<Certificate> {
  const path = join(folder, 'certificate.pem');
  const keyPath = join(folder, 'key.pem');
  if (!isUsable(path, keyPath, host)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, '.gitignore'), '*\n');
    const made = await makeCertificate([...new Set(['localhost', '127.0.0.1', '::1', host])]);
    writeWhole(keyPath, made.key);
    writeWhole(path, made.cert);
  }
  return { key: readFileSync(keyPath, 'utf8'), cert: readFileSync(path, 'utf8'), path };
}

function isUsable(path: string, keyPath: string, host: string): boolean {
  if (!existsSync(path) || !existsSync(keyPath)) return false;
  try {
    const certificate = new NodeCertificate(readFileSync(path));
    const isFor = isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host);
    const isLong = Date.parse(certificate.validTo) - Date.now() > RENEWED_MS;
    return isFor !== undefined && isLong && certificate.checkPrivateKey(createPrivateKey(readFileSync(keyPath)));
  } catch {
    return false;
  }
}

async function makeCertificate(hosts: string[]): Promise<{ key: string; cert: string }> {
  x509.cryptoProvider.set(webcrypto);
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=dfns-sandbox',
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + VALID_MS),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.ExtendedKeyUsageExtension([SERVER_AUTHENTICATION]),
      new x509.SubjectAlternativeNameExtension(
        hosts.map((value): x509.JsonGeneralName => ({ type: isIP(value) ? 'ip' : 'dns', value })),
      ),
    ],
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  return { key: key.export({ type: 'pkcs8', format: 'pem' }).toString(), cert: certificate.toString('pem') };
}
