import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { p256 } from '@noble/curves/nist.js';
import { DfnsSandbox } from 'dfns-sandbox';
import { build } from 'esbuild';
import { writeSnippets } from './support/snippets.js';
import { SoftHsm } from './support/soft-hsm.js';

const FOLDER = resolve('artifacts', 'hsm');
const PROGRAM = join(FOLDER, 'program.mjs');

/** An application whose service account has its key in an HSM: it logs users in, all at once. */
const APPLICATION = `
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { DelegatedAuthService, DfnsAuthModule } from 'nestjs-dfns-auth';
import { withKeyInHsm } from './pkcs11.options.js';
import { Pkcs11Key } from './pkcs11-key.js';

const { baseUrl, authToken, credId, usernames, ...device } = JSON.parse(process.argv[2]);
const key = new Pkcs11Key(device);
const options = { ...withKeyInHsm(key, credId, authToken), baseUrl };
const app = await NestFactory.createApplicationContext(DfnsAuthModule.forRoot(options), { logger: false });
const logins = usernames.map((username) => app.get(DelegatedAuthService).getToken(username));
const results = await Promise.allSettled(logins);
console.log(JSON.stringify(results.map(({ status, reason }) => reason?.code ?? status)));
await app.close();
key.close();`;

const { missing } = SoftHsm;
const isCi = process.env['CI'] === 'true';
if (missing && !isCi) process.stderr.write(`hsm.e2e-spec.ts is skipped: ${missing}\n`);

(missing && !isCi ? describe.skip : describe)('the signer of the guide, over PKCS#11', () => {
  let sandbox: DfnsSandbox;
  let hsm: SoftHsm;
  const usernames = Array.from({ length: 10 }, (_, i) => `user-${i}`);

  beforeAll(async () => {
    if (missing) throw new Error(missing);
    writeSnippets('docs/guides/keys.md', FOLDER);
    const entry = { contents: APPLICATION, resolveDir: FOLDER };
    await build({ stdin: entry, outfile: PROGRAM, bundle: true, packages: 'external', format: 'esm' });
    hsm = new SoftHsm();
    sandbox = await DfnsSandbox.start();
    for (const username of usernames) sandbox.createUser({ username });
  });

  afterAll(async () => {
    hsm?.remove();
    await sandbox?.stop();
  });

  /** Logs all users in, for the service account with this public key. Returns `fulfilled` or the code of the error. */
  async function logIn(publicKey: string, key: string, pin = hsm.pin): Promise<string[]> {
    const { authToken, credId } = sandbox.createServiceAccount({ publicKey });
    const { library, token } = hsm;
    const settings = { baseUrl: sandbox.url, authToken, credId, usernames, library, token, key, pin };
    return JSON.parse(await hsm.run(PROGRAM, JSON.stringify(settings)));
  }

  it.each(['P-256', 'Ed25519'] as const)('logs ten users in at once, with a key of %s', async (curve) => {
    const publicKey = await hsm.makeKey(curve, curve);
    expect(await logIn(publicKey, curve)).toEqual(usernames.map(() => 'fulfilled'));
  });

  it('is refused with another key of the same HSM', async () => {
    const publicKey = await hsm.makeKey('right', 'P-256');
    await hsm.makeKey('wrong', 'P-256');
    expect(new Set(await logIn(publicKey, 'wrong'))).toEqual(new Set(['DFNS_SERVICE_ACCOUNT_REJECTED']));
  });

  it('says at start that the PIN is wrong, or that the key is not there', async () => {
    const publicKey = await hsm.makeKey('here', 'P-256');
    await expect(logIn(publicKey, 'here', '9999')).rejects.toThrow('CKR_PIN_INCORRECT');
    await expect(logIn(publicKey, 'elsewhere')).rejects.toThrow('no private key with the label elsewhere');
  });

  it('writes short and negative numbers as DER', async () => {
    const { toDer } = await import(join(FOLDER, 'pkcs11-key.ts'));
    const numbers = ['01', '7f', '80', 'ff', '0100', '8000', '7f'.repeat(32), '80'.repeat(32)];
    for (const r of numbers) {
      for (const s of numbers) {
        const raw = Buffer.from(r.padStart(64, '0') + s.padStart(64, '0'), 'hex');
        expect(toDer(raw).toString('hex')).toBe(p256.Signature.fromBytes(raw, 'compact').toHex('der'));
      }
    }
  });
});
