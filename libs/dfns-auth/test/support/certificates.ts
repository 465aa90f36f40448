import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate with its key, as PEM. */
export interface Certificate {
  cert: string;
  key: string;
}

/** A private certificate authority, as banks have it, with a server certificate for loopback and a client certificate. */
export interface Certificates {
  ca: string;
  server: Certificate;
  client: Certificate;
}

/** Makes certificates with `openssl`. They are valid for one day. */
export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'dfns-certificates-'));
  const file = (name: string) => join(folder, name);
  const openssl = (...given: string[]) => execFileSync('openssl', given, { stdio: 'pipe', cwd: folder });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const issue = (name: string, extension: string): Certificate => {
    writeFileSync(file(`${name}.ext`), extension);
    openssl('req', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '1', '-extfile', `${name}.ext`];
    openssl('x509', '-req', '-in', `${name}.csr`, '-out', `${name}.pem`, ...signed);
    return { cert: readFileSync(file(`${name}.pem`), 'utf8'), key: readFileSync(file(`${name}.key`), 'utf8') };
  };
  try {
    openssl('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '1', '-subj', '/CN=private');
    const server = issue('server', 'subjectAltName=IP:127.0.0.1');
    const client = issue('client', 'extendedKeyUsage=clientAuth');
    return { ca: readFileSync(file('ca.pem'), 'utf8'), server, client };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
