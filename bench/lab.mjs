import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, start, stop } from './child.mjs';
import { makeCertificate, makeServiceAccount } from './fixtures.mjs';

/** The processes of one part of the benchmark. */
class Lab {
  #endings = [];

  /** Has something ended with the part. */
  onEnd(end) {
    this.#endings.unshift(end);
  }

  async start(script, settings, env, execArgv) {
    const child = await start(script, settings, env, execArgv);
    this.onEnd(() => stop(child));
    return child;
  }

  /**
   * Starts the minimal Dfns, over TLS on loopback.
   *
   * @returns the process, the settings and the environment of its clients
   */
  async startDfns(keyType = 'ed25519', keyOptions = {}) {
    const folder = mkdtempSync(join(tmpdir(), 'dfns-bench-'));
    this.onEnd(() => rmSync(folder, { recursive: true }));
    const certificate = makeCertificate(folder);
    const env = { NODE_EXTRA_CA_CERTS: certificate.certPath };
    return { ...(await this.#listen(makeServiceAccount(keyType, keyOptions), certificate)), env };
  }

  /** Starts the minimal Dfns without TLS, where CPU time is not measured. `limits` are its quota and its delay. */
  startPlainDfns(limits = {}) {
    return this.#listen(makeServiceAccount('ed25519'), limits);
  }

  async #listen(account, options) {
    const server = await this.start('server.mjs', { ...account, ...options });
    const { url } = await ask(server, { do: 'listen' });
    return { server, account: { url, ...account }, env: {} };
  }

  async end() {
    await Promise.all(this.#endings.splice(0).map((end) => end()));
  }
}

/** Runs a part of the benchmark, and ends its processes: also when it fails, and when this process is ended. */
export async function inLab(use) {
  const lab = new Lab();
  const leave = () => void lab.end();
  const interrupt = () => process.exit(1);
  process.on('exit', leave).on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    return await use(lab);
  } finally {
    process.off('exit', leave).off('SIGINT', interrupt).off('SIGTERM', interrupt);
    await lab.end();
  }
}
