// A unit of its own: the reader of the options and of the environment, with many more cases than a start of Nest needs.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, afterEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { Test } from '@nestjs/testing';
import fc from 'fast-check';
import { DelegatedAuthService, DfnsAuthModule, type DfnsAuthModuleOptions, dfnsAuthConfig } from 'nestjs-dfns-auth';
import { resolveConfig } from '../src/config/config.js';
import { readEnvironment } from '../src/config/environment.js';
import { OPTIONS } from '../src/config/option-table.js';
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
    ['a token cache for a hundred million users', { ...valid, tokens: { maxEntries: 1e8 } }, /tokens\.maxEntries/],
    ['an empty cache', { ...valid, tokens: { maxEntries: 0 } }, /tokens\.maxEntries/],
    ['a negative leeway', { ...valid, tokens: { leewayMs: -1 } }, /tokens\.leewayMs/],
    ['a line break in the application id', { ...valid, legacy: { appId: 'ap-1\r\nX: 1' } }, /appId \(DFNS_APP_ID\)/],
    ['an application id that is no text', { ...valid, legacy: { appId: 7 } }, /cannot be sent as a header/],
    ['an invisible character in the application id', { ...valid, legacy: { appId: 'ap-\u200b1' } }, /as a header/],
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
    ['an invisible character in the token', { authToken: `${authToken}\u200b` }, /invisible characters/],
    ['a letter in the token that no header carries', { authToken: `${authToken}é` }, /copy it again/],
    ['an invisible character in the credential id', { credential: { credId: 'a\u200bb', privateKey } }, /invisible/],
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

  const numbers = Object.entries(OPTIONS).filter(([, { default: value }]) => typeof value === 'number');

  it.each(numbers)('have limits for %s, which the table names', async (path, { words }) => {
    const [min, max] = (/(\d+) to (\d+)$/.exec(words) ?? []).slice(1).map(Number) as [number, number];
    const [section = '', name = ''] = path.split('.');
    const problems = (value: number) => problemsOf({ ...valid, [section]: { [name]: value } });
    expect(await Promise.all([min, max].map(problems))).toEqual(['', '']);
    for (const value of [min - 1, max + 1, max / 7 + 0.5, Number.POSITIVE_INFINITY, Number.NaN]) {
      expect(await problems(value)).toContain(`${path}`);
    }
  });

  it('allow http beyond this machine for the named hosts only', async () => {
    const insecureHttpHosts = ['dfns-sandbox', '10.0.0.7'];
    const problems = (baseUrl: string) => problemsOf({ ...valid, insecureHttpHosts, baseUrl });
    expect(await problems('http://dfns-sandbox:4000')).toBe('');
    expect(await problems('http://10.0.0.7:4000/x')).toBe('');
    for (const host of ['dfns-sandbox.example.test', 'x.dfns-sandbox', '10.0.0.8', 'api.dfns.io']) {
      expect(await problems(`http://${host}`)).toMatch(/insecureHttpHosts \(DFNS_INSECURE_HTTP_HOSTS\)/);
    }
  });

  it.each([['http://dfns-sandbox'], ['dfns-sandbox:4000'], [''], ['UPPER'], [7]])(
    'refuse %j as an insecure host',
    async (host) => {
      expect(await problemsOf({ ...valid, insecureHttpHosts: [host] })).toMatch(/list of host names/);
    },
  );

  it('refuse insecure hosts in production', async () => {
    const before = process.env['NODE_ENV'];
    process.env['NODE_ENV'] = 'production';
    try {
      const options = { ...valid, insecureHttpHosts: ['dfns-sandbox'], baseUrl: 'http://dfns-sandbox:4000' };
      expect(await problemsOf(options)).toMatch(/insecureHttpHosts[^\n]* NODE_ENV is production: remove it/);
      const source = { DFNS_INSECURE_HTTP_HOSTS: 'dfns-sandbox', DFNS_API_URL: 'http://dfns-sandbox:4000' };
      expect(() => readEnvironment(source)).toThrow(/DFNS_INSECURE_HTTP_HOSTS[^\n]* NODE_ENV is production/);
    } finally {
      process.env['NODE_ENV'] = before;
    }
  });

  it('refuse a token of the service account from the moment of its end', async () => {
    const warned = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const options = withAccount({ authToken: tokenOf('service account token of the organisation') });
    expect(await problemsOf(options, 1_767_229_200_000 - 1)).toBe('');
    expect(warned).toHaveBeenCalledTimes(1);
    warned.mockRestore();
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

  it('accept functions for all secrets, and call each once', async () => {
    const asked: string[] = [];
    const given = <T>(name: string, value: T) => {
      return async () => {
        asked.push(name);
        return value;
      };
    };
    const { pem, passphrase } = encryptedPkcs8;
    const credential = {
      credId: given('credId', credId),
      privateKey: given('privateKey', pem),
      passphrase: given('passphrase', passphrase),
    };
    const config = await resolveConfig(withAccount({ authToken: given('authToken', authToken), credential }), () => 0);
    await config.authToken();
    await expect(config.authToken()).resolves.toBe(authToken);
    expect(asked.sort()).toEqual(['authToken', 'credId', 'passphrase', 'privateKey']);
  });

  it.each([
    ['a token', { authToken: () => `${authToken}\n` }, /authToken[^\n]* line breaks/],
    ['a token that is no text', { authToken: () => 7 as never }, /authToken[^\n]* is empty/],
    ['a credential id', { credential: { credId: () => '', privateKey } }, /credId[^\n]* is empty/],
    ['a key', { credential: { credId, privateKey: async () => 'rotten' } }, /privateKey[^\n]* is not PEM/],
    [
      'a passphrase that is no text',
      { credential: { credId, privateKey, passphrase: () => 7 as never } },
      /passphrase[^\n]* is not text/,
    ],
  ])('refuse what a function gives for %s', async (_, account, message) => {
    expect(await problemsOf(withAccount(account))).toMatch(message);
  });

  it.each(['on', 'FAIL', true])('refuse %j as checkOnStart', async (checkOnStart) => {
    expect(await problemsOf({ ...valid, checkOnStart })).toMatch(/checkOnStart \(DFNS_CHECK_ON_START\) is none of/);
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
        DFNS_INSECURE_HTTP_HOSTS: 'dfns-sandbox, other',
        DFNS_API_URL: 'http://other:4000',
        DFNS_CHECK_ON_START: 'warn',
      }),
    ).toMatchObject({
      checkOnStart: 'warn',
      insecureHttpHosts: ['dfns-sandbox', 'other'],
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
      'what cannot be a header',
      { ...env, DFNS_APP_ID: 'ap 1', DFNS_AUTH_TOKEN: `${authToken}\u200b` },
      [/DFNS_APP_ID cannot be sent/, /DFNS_AUTH_TOKEN has white space/],
    ],
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

  it('lets an application start with the largest caches', async () => {
    const largest = { maxEntries: 1_000_000 };
    const auth = await world.startService({ tokens: largest, ceremonies: largest });
    await expect(auth.login({ username: 'ada' })).resolves.toHaveProperty('token');
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
