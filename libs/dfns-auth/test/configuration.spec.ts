// A unit of its own: the reader of the options and of the environment, with many more cases than a start of Nest needs.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { Test } from '@nestjs/testing';
import fc from 'fast-check';
import { DelegatedAuthService, DfnsAuthModule, type DfnsAuthModuleOptions, dfnsAuthConfig } from 'nestjs-dfns-auth';
import { resolveConfig } from '../src/config/config.js';
import { readEnvironment } from '../src/config/environment.js';
import { vectorKey, vectors } from './support/published-vectors.js';
import { useSandbox } from './support/use-sandbox.js';

const { privateKeyPem, credId, encryptedPkcs8 } = vectorKey('p256');
const privateKey = privateKeyPem['pkcs8'] as string;
const { orgId, cases } = vectors.authTokens;
const tokenOf = (name: string) => cases.find((vector) => vector.name === name)?.token as string;

/** A token that the start accepts: it has three parts and no end. */
const authToken = `e30.${Buffer.from(JSON.stringify({ 'https://custom/app_metadata': { orgId } })).toString('base64url')}.c2ln`;
const valid: DfnsAuthModuleOptions = { orgId, serviceAccount: { authToken, credential: { credId, privateKey } } };

async function problemsOf(options: unknown, now = 0): Promise<string> {
  const error = await resolveConfig(options as DfnsAuthModuleOptions, () => now).then(
    () => undefined,
    (refusal: Error) => refusal,
  );
  if (error) expect(error).toMatchObject({ code: 'DFNS_CONFIGURATION' });
  return error?.message ?? '';
}

describe('options', () => {
  it('get the documented defaults', async () => {
    await expect(resolveConfig(valid, () => 0)).resolves.toMatchObject({
      baseUrl: 'https://api.dfns.io',
      http: {
        attemptTimeoutMs: 5_000,
        deadlineMs: 15_000,
        maxAttempts: 3,
        maxResponseBytes: 1_048_576,
        maxSockets: 64,
      },
      tokens: { maxEntries: 10_000, leewayMs: 60_000, refreshAheadMs: 300_000, defaultLifetimeMs: 300_000 },
    });
  });

  it('that are undefined get their default', async () => {
    const config = await resolveConfig({ ...valid, baseUrl: undefined, http: { deadlineMs: undefined } }, () => 0);
    expect([config.baseUrl, config.http.deadlineMs]).toEqual(['https://api.dfns.io', 15_000]);
  });

  it.each([
    ['a path prefix', 'https://proxy.example.test/dfns/', 'https://proxy.example.test/dfns'],
    ['http on IPv4 loopback', 'http://127.0.0.9:4000', 'http://127.0.0.9:4000'],
    ['http on IPv6 loopback', 'http://[::1]:4000', 'http://[::1]:4000'],
    ['http on localhost', 'http://localhost:4000/', 'http://localhost:4000'],
  ])('accept %s', async (_, baseUrl, completed) => {
    await expect(resolveConfig({ ...valid, baseUrl }, () => 0)).resolves.toMatchObject({ baseUrl: completed });
  });

  it.each([
    ['no options', undefined, /serviceAccount\.credential is missing[\s\S]*authToken \(DFNS_AUTH_TOKEN\) is empty/],
    ['no URL', { ...valid, baseUrl: 'api.dfns.io' }, /baseUrl \(DFNS_API_URL\) is not a URL/],
    ['another scheme', { ...valid, baseUrl: 'ftp://api.dfns.io' }, /is not a URL/],
    ['http beyond loopback', { ...valid, baseUrl: 'http://api.dfns.io' }, /use https/],
    [
      'http to a host that only looks like this machine',
      { ...valid, baseUrl: 'http://127.0.0.1.example.test' },
      /use https/,
    ],
    ['credentials in the URL', { ...valid, baseUrl: 'https://u:p@api.dfns.io' }, /remove what stands before the @/],
    ['a query in the URL', { ...valid, baseUrl: 'https://api.dfns.io?x=1' }, /query/],
    ['a wrong organisation id', { ...valid, orgId: 'acme' }, /orgId \(DFNS_ORG_ID\)/],
    ['flags from the factory', { ...valid, isGlobal: true, name: 'x' }, /isGlobal belongs beside[\s\S]*name belongs/],
    [
      'no whole number',
      { ...valid, http: { deadlineMs: 1.5 } },
      /http\.deadlineMs \(DFNS_DEADLINE_MS\) is not a whole number/,
    ],
    ['more than a timer takes', { ...valid, http: { deadlineMs: 2 ** 31 } }, /http\.deadlineMs/],
    ['an empty cache', { ...valid, tokens: { maxEntries: 0 } }, /tokens\.maxEntries/],
    ['a negative leeway', { ...valid, tokens: { leewayMs: -1 } }, /tokens\.leewayMs/],
  ])('refuse %s', async (_, options, message) => {
    expect(await problemsOf(options)).toMatch(message);
  });

  const withAccount = (account: object) => ({ ...valid, serviceAccount: { ...valid.serviceAccount, ...account } });

  it.each([
    ['no JWT', { authToken: tokenOf('not a JWT') }, /is not a JWT/],
    ['no JSON inside', { authToken: tokenOf('second part is not JSON') }, /is not a JWT/],
    [
      'a token of another organisation',
      { authToken: tokenOf('token of another organisation') },
      /another organisation/,
    ],
    ['a token without organisation', { authToken: tokenOf('token without the claim') }, /another organisation/],
    ['a line break in the token', { authToken: `${authToken}\n` }, /line breaks/],
    [
      'a token that cannot be fetched',
      { authToken: () => Promise.reject(new Error('vault is closed')) },
      /could not be fetched/,
    ],
    ['no credential id', { credential: { credId: '', privateKey } }, /credId \(DFNS_CRED_ID\) is empty/],
    ['a credential id of two lines', { credential: { credId: 'a\nb', privateKey } }, /as one line/],
    ['no key', { credential: { credId, privateKey: undefined } }, /privateKey \(DFNS_PRIVATE_KEY\) is empty/],
    ['an encrypted key', { credential: { credId, privateKey: encryptedPkcs8.pem } }, /passphrase/],
    ['neither key nor signer', { credential: undefined }, /credential is missing/],
  ])('refuse %s', async (_, account, message) => {
    expect(await problemsOf(withAccount(account))).toMatch(message);
  });

  it('refuse a token of the service account from the moment of its end', async () => {
    const options = withAccount({ authToken: tokenOf('service account token of the organisation') });
    expect(await problemsOf(options, 1_767_229_200_000 - 1)).toBe('');
    expect(await problemsOf(options, 1_767_229_200_000)).toMatch(/has expired/);
  });

  it('cause one message that names every problem and no value', async () => {
    const message = await problemsOf({
      baseUrl: 'http://secret-host.example',
      orgId: 'secret-org',
      serviceAccount: { authToken: 'secret-token', credential: { credId: 'secret id', privateKey: 'secret-key' } },
      http: { maxAttempts: 0 },
    });
    expect(message.match(/^- /gm)).toHaveLength(6);
    expect(message).not.toContain('secret');
  });

  it('accept functions for secrets, and call them at each use', async () => {
    let asked = 0;
    const options = withAccount({
      authToken: async () => {
        asked += 1;
        return asked === 3 ? 'rotten' : authToken;
      },
      credential: { credId, privateKey: () => privateKey },
    });
    const config = await resolveConfig(options, () => 0);
    await expect(config.authToken()).resolves.toBe(authToken);
    await expect(config.authToken()).rejects.toMatchObject({ code: 'DFNS_CONFIGURATION' });
  });
});

describe('environment', () => {
  const env = { DFNS_AUTH_TOKEN: authToken, DFNS_CRED_ID: credId, DFNS_PRIVATE_KEY: privateKey };
  const folder = mkdtempSync(join(tmpdir(), 'dfns-env-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('reads numbers and flags', () => {
    expect(
      readEnvironment({
        ...env,
        DFNS_DEADLINE_MS: '900',
        DFNS_ATTEMPT_TIMEOUT_MS: '300',
        DFNS_MAX_ATTEMPTS: '2',
        DFNS_TOKEN_CACHE_SIZE: '7',
        DFNS_SEND_NONCE: 'true',
        DFNS_ORG_ID: '',
      }),
    ).toMatchObject({
      http: { deadlineMs: 900, attemptTimeoutMs: 300, maxAttempts: 2 },
      tokens: { maxEntries: 7 },
      legacy: { nonce: true },
    });
  });

  it('reads secrets from files', () => {
    const tokenFile = join(folder, 'token');
    const keyFile = join(folder, 'key');
    writeFileSync(tokenFile, `${authToken}\n`);
    writeFileSync(keyFile, privateKey);
    const read = readEnvironment({
      DFNS_CRED_ID: credId,
      DFNS_AUTH_TOKEN_FILE: tokenFile,
      DFNS_PRIVATE_KEY_FILE: keyFile,
    });
    expect(read.serviceAccount).toMatchObject({ authToken, credential: { credId, privateKey: privateKey.trim() } });
  });

  it.each([
    ['nothing set', {}, [/DFNS_AUTH_TOKEN is empty/, /DFNS_CRED_ID is empty/, /DFNS_PRIVATE_KEY is empty/]],
    [
      'a missing file',
      { ...env, DFNS_AUTH_TOKEN: '', DFNS_AUTH_TOKEN_FILE: '/nowhere' },
      [/DFNS_AUTH_TOKEN_FILE names a file/],
    ],
    ['both forms', { ...env, DFNS_PRIVATE_KEY_FILE: '/nowhere' }, [/DFNS_PRIVATE_KEY_FILE is set beside/]],
    [
      'bad numbers',
      { ...env, DFNS_DEADLINE_MS: '1s', DFNS_MAX_ATTEMPTS: '0' },
      [/DFNS_DEADLINE_MS/, /DFNS_MAX_ATTEMPTS/],
    ],
    ['a bad flag', { ...env, DFNS_SEND_NONCE: 'yes' }, [/DFNS_SEND_NONCE is neither true nor false/]],
    [
      'a public key',
      { ...env, DFNS_PRIVATE_KEY: vectorKey('p256').publicKeyPem.spki },
      [/DFNS_PRIVATE_KEY is a public key/],
    ],
  ])('refuses %s', (_, source, messages) => {
    for (const message of messages) expect(() => readEnvironment(source)).toThrow(message);
  });

  it('never repeats a value in an error', () => {
    const names = [
      'DFNS_API_URL',
      'DFNS_ORG_ID',
      'DFNS_AUTH_TOKEN',
      'DFNS_CRED_ID',
      'DFNS_PRIVATE_KEY',
      'DFNS_MAX_ATTEMPTS',
    ];
    const marked = fc.string({ minLength: 1 }).map((text) => `§${text}§`);
    fc.assert(
      fc.property(fc.record(Object.fromEntries(names.map((name) => [name, marked]))), (source) => {
        expect(() => readEnvironment(source)).toThrow(
          expect.objectContaining({ message: expect.not.stringContaining('§') }),
        );
      }),
    );
  });
});

describe('dfnsAuthConfig', () => {
  const world = useSandbox({ users: ['ada'] });
  const before = { ...process.env };

  afterEach(() => {
    for (const name of Object.keys(process.env)) if (name.startsWith('DFNS_')) delete process.env[name];
    Object.assign(process.env, before);
  });

  it('configures the module, and ConfigService prints no secret', async () => {
    const account = world.sandbox.createServiceAccount({});
    Object.assign(process.env, {
      DFNS_API_URL: world.sandbox.url,
      DFNS_ORG_ID: world.sandbox.orgId,
      DFNS_AUTH_TOKEN: account.authToken,
      DFNS_CRED_ID: account.credId,
      DFNS_PRIVATE_KEY: account.privateKey?.replace(/\n/g, '\\n'),
    });
    const context = await Test.createTestingModule({
      imports: [
        ConfigModule.forRoot({ load: [dfnsAuthConfig], ignoreEnvVars: true, ignoreEnvFile: true }),
        DfnsAuthModule.forRootAsync(dfnsAuthConfig.asProvider()),
      ],
    }).compile();
    const { token } = await context.get(DelegatedAuthService).login({ username: 'ada' });
    expect(token.split('.')).toHaveLength(3);
    const options = context.get(ConfigService).get('dfnsAuth');
    expect(options.serviceAccount.authToken).toBe(account.authToken);
    expect(options.serviceAccount.credential.privateKey).toContain('PRIVATE KEY');
    const printed = inspect(options, { depth: null, showHidden: true }) + JSON.stringify(options);
    expect(printed).not.toContain(account.authToken);
    expect(printed).not.toContain('PRIVATE KEY');
    await context.close();
  });

  it('stops the start of the application with one message', async () => {
    process.env['DFNS_DEADLINE_MS'] = 'soon';
    const start = Test.createTestingModule({
      imports: [DfnsAuthModule.forRootAsync(dfnsAuthConfig.asProvider())],
    }).compile();
    await expect(start).rejects.toThrow(
      /DFNS_AUTH_TOKEN[\s\S]*DFNS_DEADLINE_MS|DFNS_DEADLINE_MS[\s\S]*DFNS_AUTH_TOKEN/,
    );
  });
});
