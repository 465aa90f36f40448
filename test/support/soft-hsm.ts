import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const LIBRARY = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/local/lib/softhsm/libsofthsm2.so',
  '/opt/homebrew/lib/softhsm/libsofthsm2.so',
].find((file) => existsSync(file));

/** SoftHSM, an HSM that is a program, with one token in a folder of its own. */
export class SoftHsm {
  readonly #folder = mkdtempSync(join(tmpdir(), 'dfns-hsm-'));
  readonly library = LIBRARY as string;
  readonly token = 'dfns';
  readonly pin = '1234';

  constructor() {
    mkdirSync(join(this.#folder, 'tokens'));
    writeFileSync(join(this.#folder, 'softhsm2.conf'), `directories.tokendir = ${join(this.#folder, 'tokens')}\n`);
    const options = ['--init-token', '--free', '--label', this.token, '--pin', this.pin, '--so-pin', '4321'];
    execFileSync('softhsm2-util', options, { env: this.#env, stdio: 'ignore' });
  }

  /** What this machine lacks, and how to get it; `undefined` if it has everything. */
  static get missing(): string | undefined {
    if (!LIBRARY || spawnSync('softhsm2-util', ['--version']).status !== 0) {
      return 'no SoftHSM: install it with "apt-get install softhsm2"';
    }
    if (spawnSync(process.execPath, ['-e', "require('pkcs11js')"]).status !== 0) {
      return 'no binding for PKCS#11: install a C++ compiler, then run "npm rebuild pkcs11js"';
    }
    return undefined;
  }

  /** Makes a key pair in the token, and returns its public key as PEM. */
  makeKey(label: string, curve: 'P-256' | 'Ed25519'): Promise<string> {
    return this.run(join('test', 'support', 'hsm-key.mjs'), this.library, this.token, this.pin, label, curve);
  }

  /** Runs a program of Node that uses the token, and returns what it prints. */
  async run(...args: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: this.#env });
    return stdout;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }

  get #env(): NodeJS.ProcessEnv {
    return { ...process.env, NODE_OPTIONS: '', SOFTHSM2_CONF: join(this.#folder, 'softhsm2.conf') };
  }
}
