/**
 * A Jest reporter that reads the output of all workers and suites. It fails the run if the output contains a secret: a
 * token of the sandbox (all of them have the claims of a Dfns token) or a private key (PEM or its base64). It names the
 * kind and the place of a secret, never its value.
 */
const JWT = /eyJ[\w-]+\.(eyJ[\w-]+)\.[\w-]*/g;
const DFNS_CLAIM = 'https://custom/app_metadata';
/** Base64 with the beginning of an ASN.1 sequence. */
const BASE64 = /M[CHI][\w+/]{38}/g;
/** PKCS#8 and PKCS#1 (version 0), SEC1 (version 1), and encrypted PKCS#8 (PBES2). No public key begins like this. */
const PRIVATE_KEY = /^30(?:[0-7].|81..|82....)(?:020100(?:30|02)|02010104|30(?:[0-7].|81..)06092a864886f70d01050d)/;
/** Longer than any token, so that the scan also finds a token that two writes share. */
const OVERLAP = 8_192;
const SHOWN = 120;

export default class SecretScanReporter {
  #found = new Set();
  #suite = 'before the first suite';

  constructor() {
    for (const stream of [process.stdout, process.stderr]) this.#tap(stream);
  }

  onTestFileStart({ path }) {
    this.#suite = path;
  }

  onRunComplete() {
    const found = [...this.#found].map((line) => `  ${line}\n`).join('');
    if (found) process.stderr.write(`\nThe run printed secrets:\n${found}`);
  }

  /** Jest fails the run if this returns an error. */
  getLastError() {
    return this.#found.size > 0 ? new Error('The run printed secrets.') : undefined;
  }

  #tap(stream) {
    const write = stream.write.bind(stream);
    let tail = '';
    stream.write = (chunk, ...rest) => {
      const text = tail + (typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'));
      this.#scan(text);
      tail = text.slice(-OVERLAP);
      return write(chunk, ...rest);
    };
  }

  #scan(text) {
    for (const { 0: token, 1: payload, index } of text.matchAll(JWT)) {
      if (Buffer.from(payload, 'base64url').toString('utf8').includes(DFNS_CLAIM))
        this.#report('token', text, index, token);
    }
    for (const { 0: start, index } of text.matchAll(BASE64)) {
      if (PRIVATE_KEY.test(Buffer.from(start, 'base64').toString('hex')))
        this.#report('private key', text, index, start);
    }
  }

  /** Reports the text before the secret, which shows where it was printed. */
  #report(kind, text, index, secret) {
    const before = text
      .slice(Math.max(0, index - SHOWN), index)
      .replaceAll(secret, '…')
      .replace(JWT, '…')
      .replace(/\s+/g, ' ');
    this.#found.add(`a ${kind}, while or after ${this.#suite} ran, after “${before.slice(-SHOWN)}”`);
  }
}
