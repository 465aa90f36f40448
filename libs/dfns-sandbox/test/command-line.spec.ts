import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { DfnsApiClient } from '@dfns/sdk';
import { AsymmetricKeySigner } from '@dfns/sdk-keysigner';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { callerOf } from './support/checked-sandbox.js';

// These tests run the built package. `npm test` builds it first; otherwise run `npm run build -w dfns-sandbox` before.
const bin = fileURLToPath(new URL('../bin/dfns-sandbox.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'sandbox-command-'));
const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Starts the command, and waits until it has printed everything. */
async function run(...args: string[]) {
  const child = spawn(process.execPath, [bin, '--port', '0', ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(child);
  let printed = '';
  child.stdout.on('data', (chunk) => {
    printed += chunk;
  });
  while (!/private key=.*\n/.test(printed)) await once(child.stdout, 'data');
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal);
    return once(child, 'exit');
  };
  return { printed: () => printed, stop, url: / at (\S+);/.exec(printed)?.[1] ?? '' };
}

/** The official SDK with the variables of an env file. */
function clientOf(environment: NodeJS.Dict<string>) {
  const privateKey = environment['DFNS_PRIVATE_KEY']?.replaceAll('\\n', '\n') ?? '';
  return new DfnsApiClient({
    baseUrl: environment['DFNS_API_URL'],
    orgId: environment['DFNS_ORG_ID'],
    authToken: environment['DFNS_AUTH_TOKEN'],
    signer: new AsymmetricKeySigner({ credId: environment['DFNS_CRED_ID'] ?? '', privateKey }),
  });
}

/** Runs the command to its end. */
const runToEnd = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], { cwd: folder, encoding: 'utf8' });
  return { status, stdout, stderr };
};

describe('the command dfns-sandbox', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'prints variables and a user’s key that work, and stops on %s',
    async (signal) => {
      const { printed, stop, url } = await run();
      const environment = parseEnv(printed());
      const username = /demo user is (\S+);/.exec(printed())?.[1] ?? '';
      const { token } = await clientOf(environment).auth.delegatedLogin({ body: { username } });
      const [, credId = '', privateKey = ''] = /credential id=(\S+)\n# {3}private key="(.*)"/.exec(printed()) ?? [];
      const demo = { ...environment, DFNS_AUTH_TOKEN: token, DFNS_CRED_ID: credId, DFNS_PRIVATE_KEY: privateKey };
      await clientOf(demo).wallets.createWallet({ body: { network: 'EthereumSepolia' } });
      expect((await fetch(`${url}/_sandbox/`)).headers.get('content-type')).toContain('text/html');
      expect(await stop(signal)).toEqual([0, null]);
    },
  );

  it('keeps everything in a state file, and writes an env file without touching other lines', async () => {
    const env = join(folder, '.env');
    writeFileSync(env, 'PORT=3000\nDFNS_ORG_ID=or-old\n# end\n', { mode: 0o644 });
    const args = ['--state', 'state.json', '--env-file', '.env', '--log', '--org', 'or-aaaaa-bbbbb-cccccccccccccccc'];
    const first = await run(...args);
    const written = readFileSync(env, 'utf8');
    expect([statSync(env).mode & 0o777, statSync(join(folder, 'state.json')).mode & 0o777]).toEqual([0o600, 0o600]);
    expect(written.split('\n').slice(0, 3)).toEqual([
      'PORT=3000',
      'DFNS_ORG_ID=or-aaaaa-bbbbb-cccccccccccccccc',
      '# end',
    ]);
    expect(first.printed()).toContain(
      'Wrote DFNS_API_URL, DFNS_ORG_ID, DFNS_AUTH_TOKEN, DFNS_CRED_ID, DFNS_PRIVATE_KEY to .env',
    );
    const environment = parseEnv(written);
    expect(first.printed()).not.toContain(environment['DFNS_AUTH_TOKEN']);
    const { walletId } = await clientOf(environment)
      .wallets.createWallet({ body: { network: 'Base' } })
      .then(({ id }) => ({ walletId: id }));
    await first.stop();
    expect(first.printed()).toMatch(/^\d\d:\d\d:\d\d 200 POST \/wallets \S+ ms · service account$/m);
    const second = await run(...args);
    const again = parseEnv(readFileSync(env, 'utf8'));
    const withoutUrl = (variables: object) => JSON.stringify({ ...variables, DFNS_API_URL: '' });
    expect(withoutUrl(again) === withoutUrl(environment)).toBe(true);
    expect(await clientOf(again).wallets.getWallet({ walletId })).toMatchObject({ id: walletId });
    const keyOf = ({ printed }: typeof first) => /private key=.*/.exec(printed())?.[0];
    expect(keyOf(second) === keyOf(first)).toBe(true);
  });

  it('speaks https with a certificate that it makes once', async () => {
    const first = await run('--tls');
    const path = /NODE_EXTRA_CA_CERTS="(.*)"/.exec(first.printed())?.[1] ?? '';
    const ca = readFileSync(path, 'utf8');
    const statusOf = (url: string) =>
      new Promise((resolve, reject) => {
        request(url, { ca }, (answer) => resolve(answer.resume().statusCode))
          .on('error', reject)
          .end();
      });
    expect(first.url).toMatch(/^https:/);
    for (const host of ['127.0.0.1', 'localhost']) {
      expect(await statusOf(`${first.url.replace('127.0.0.1', host)}/_sandbox/users`)).toBe(200);
    }
    await expect(fetch(first.url)).rejects.toThrow();
    expect(statSync(join(path, '..', 'key.pem')).mode & 0o777).toBe(0o600);
    const { status } = spawnSync(process.execPath, ['-e', `fetch('${first.url}').then(() => process.exit(7))`], {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: path },
    });
    expect(status).toBe(7);
    await first.stop();
    await run('--tls');
    expect(readFileSync(path, 'utf8')).toBe(ca);
  });

  it('begins with a seed file, whose schema the package has', async () => {
    const seed = { users: [{ username: 'ada', kind: 'EndUser', wallets: [{ network: 'Base' }] }] };
    writeFileSync(join(folder, 'seed.json'), JSON.stringify(seed));
    const schema = readFileSync(new URL('../dist/seed.schema.json', import.meta.url), 'utf8');
    const validate = new Ajv2020({ strict: false }).compile(JSON.parse(schema));
    expect([validate(seed), validate({ users: [{}] })]).toEqual([true, false]);
    const { url, printed } = await run(
      '--seed',
      'seed.json',
      '--strict',
      '--control-token',
      'sesame',
      '--write-env',
      'new.env',
    );
    expect(parseEnv(readFileSync(join(folder, 'new.env'), 'utf8'))).toMatchObject({ DFNS_API_URL: url });
    expect(printed()).toContain('the demo user is ada');
    const control = callerOf(`${url}/_sandbox`);
    expect((await control('GET', '/users')).status).toBe(401);
    expect((await control('GET', '/users', { token: 'sesame' })).body.items).toMatchObject([
      { username: 'ada', wallets: 1 },
    ]);
  });

  it('prints its help and its version', () => {
    const { stdout } = runToEnd('--help');
    for (const option of 'port host org seed state env-file tls strict log control-token help version'.split(' ')) {
      expect(stdout).toContain(`--${option}`);
    }
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    expect(runToEnd('--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  it.each([[['--prot', '1']], [['--port', 'http']], [['--port', '65536']], [['--org', 'acme']], [['extra']]])(
    'refuses the arguments %j',
    (args) => {
      const { status, stdout, stderr } = runToEnd(...args);
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr.trim().split('\n')).toEqual([expect.stringContaining('usage: dfns-sandbox [--port 4000]')]);
    },
  );

  it.each([
    ['{', 'bad.json: '],
    ['{"users":[{"username":7}]}', 'bad.json: seed.users[0].username must be a text'],
  ])('says what is wrong with the seed file %s', (content, message) => {
    writeFileSync(join(folder, 'bad.json'), content);
    const { status, stderr } = runToEnd('--port', '0', '--seed', 'bad.json');
    expect([status, stderr.trim().split('\n')]).toEqual([1, [expect.stringContaining(message)]]);
  });
});
