import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CreatedServiceAccount } from 'dfns-sandbox';
import fc from 'fast-check';
import { AlteringGateway } from './support/altering-gateway.js';
import { newKey } from './support/person-keys.js';
import { vectorKey } from './support/published-vectors.js';
import { leaks } from './support/secret-leaks.js';
import { tokenWith, usernameOf } from './support/token-claims.js';
import { ALL_PERMISSIONS, tellPermissions } from './support/told-permissions.js';
import { useCommands, type Variables, variablesOf } from './support/use-commands.js';
import { useSandbox } from './support/use-sandbox.js';

const world = useSandbox();
const commands = useCommands();
let account: CreatedServiceAccount;
let env: Variables;

beforeEach(() => {
  account = world.sandbox.createServiceAccount();
  env = variablesOf(world.sandbox, account);
});

describe('doctor', () => {
  it('finds nothing when all is well, and changes nothing at Dfns', async () => {
    tellPermissions(world.sandbox, account, ALL_PERMISSIONS);
    const before = world.operations().length;
    const { code, findings, troubles } = await commands.doctor(env);
    expect([code, troubles]).toEqual([0, []]);
    expect(findings.map(({ check }) => check)).toEqual([
      'environment',
      'configuration',
      'organisation',
      'token-end',
      'connection',
      'clock',
      'latency',
      'token',
      'key',
      'permissions',
      'relying-party',
    ]);
    const writes = world.operations(before).filter((operation) => !operation.startsWith('GET '));
    expect(writes).toEqual(['POST /auth/action/init', 'POST /auth/action']);
  });

  it('prints a line for each check and one for each fix, without colours', async () => {
    tellPermissions(world.sandbox, account, ALL_PERMISSIONS);
    const { code, stdout, stderr } = await commands.spawn(['doctor'], { ...env, DFNS_CRED_ID: 'wrong' });
    expect([code, stderr]).toEqual([1, '']);
    const lines = stdout.split('\n');
    expect(lines.filter((line) => /^[✓✗!?] /.test(line))).toHaveLength(11);
    const at = lines.findIndex((line) => /^✗ key /.test(line));
    expect(lines[at]).toContain('DFNS_CRED_ID');
    expect(lines[at + 1]).toMatch(/^ +→ copy the credential id/);
    expect(stdout).toMatch(/^✓ token /m);
    expect(stdout).toMatch(/\n1 problem to fix\n$/);
    expect(stdout).not.toContain('\u001b');
  });

  it('prints JSON and nothing else with --json, also when a warning is due', async () => {
    account = world.sandbox.createServiceAccount({ daysValid: 13 });
    tellPermissions(world.sandbox, account, ALL_PERMISSIONS);
    const { code, stdout, stderr } = await commands.spawn(['doctor', '--json'], {
      ...variablesOf(world.sandbox, account),
      DFNS_CHECK_ON_START: 'fail',
    });
    expect([code, stderr]).toEqual([0, '']);
    const { ok, checks } = JSON.parse(stdout);
    expect(ok).toBe(true);
    expect(checks.filter(({ check }: { check: string }) => check === 'token-end')).toEqual([
      {
        check: 'token-end',
        status: 'warning',
        message: expect.stringMatching(/in 1[23] days/),
        fix: expect.any(String),
      },
    ]);
  });

  it.each([
    [['--jsn'], /did you mean --json/],
    [['--env-file'], /needs a value/],
    [['--env-file', '/nowhere'], /cannot be read/],
  ])('refuses the arguments %j', async (args, message) => {
    const { code, stdout, stderr } = await commands.run(['doctor', ...args], env);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });
});

describe('doctor names what is broken:', () => {
  /** Every trouble that the doctor found, as one line. */
  async function troublesWith(changes: Variables, args?: string[]): Promise<{ code: number; lines: string[] }> {
    const { code, troubles } = await commands.doctor({ ...env, ...changes }, args);
    for (const { status, fix } of troubles) if (status !== 'unknown') expect(fix).toMatch(/\w+ \w+/);
    return {
      code,
      lines: troubles.map(({ check, status, message, fix }) => `${status} ${check}: ${message} → ${fix}`),
    };
  }

  const NOT_CHECKED = expect.stringMatching(/^unknown (token|key|permissions|relying-party): not checked/);
  const rest = (count: number) => Array(count).fill(NOT_CHECKED);

  beforeEach(() => tellPermissions(world.sandbox, account, ALL_PERMISSIONS));

  it('several options at once', async () => {
    const changes = { DFNS_PRIVATE_KEY: vectorKey('p256').publicKeyPem.spki, DFNS_CRED_ID: '', DFNS_MAX_ATTEMPTS: 'x' };
    expect(await troublesWith(changes)).toEqual({
      code: 1,
      lines: [
        expect.stringMatching(/^failed configuration: DFNS_CRED_ID is empty → give the credId/),
        expect.stringMatching(/^failed configuration: DFNS_PRIVATE_KEY is a public key → give the private key/),
        expect.stringMatching(/^failed configuration: DFNS_MAX_ATTEMPTS .* → write digits only/),
        ...rest(4),
      ],
    });
  });

  it('no variables at all', async () => {
    const { code, findings } = await commands.doctor({});
    expect(code).toBe(1);
    expect(findings).toEqual([
      { check: 'environment', status: 'failed', message: 'no variable begins with DFNS_', fix: expect.any(String) },
    ]);
  });

  it.each([
    ['DFNS_AUTH_TOKN', 'did you mean DFNS_AUTH_TOKEN?'],
    ['DFNS_PRIVTAE_KEY', 'did you mean DFNS_PRIVATE_KEY?'],
    ['DFNS_ORGID', 'did you mean DFNS_ORG_ID?'],
    ['DFNS_PRIVATE_KEY_FIL', 'did you mean DFNS_PRIVATE_KEY_FILE?'],
    ['DFNS_SOMETHING_OF_MINE', 'remove it'],
  ])('the variable %s', async (name, fix) => {
    const { code, lines } = await troublesWith({ [name]: 'value of it', DFNS_API_URL: 'wrong' });
    expect(code).toBe(1);
    expect(lines[0]).toMatch(`warning environment: the library does not read ${name} → ${fix}`);
    expect(lines.join()).not.toContain('value of it');
  });

  it('a key that belongs to another credential', async () => {
    expect(await troublesWith({ DFNS_PRIVATE_KEY: newKey('x').privateKey })).toEqual({
      code: 1,
      lines: [expect.stringMatching(/^failed key: Dfns refuses the signature.* → DFNS_PRIVATE_KEY is not the key/)],
    });
  });

  it('a credential id that is not known', async () => {
    expect(await troublesWith({ DFNS_CRED_ID: newKey('x').credId })).toEqual({
      code: 1,
      lines: [
        expect.stringMatching(/^failed key: DFNS_CRED_ID is no credential of this service account → copy/),
        expect.stringMatching(/^unknown permissions: /),
      ],
    });
  });

  it('an encrypted key without its passphrase', async () => {
    const { pem, passphrase } = vectorKey('ed25519').encryptedPkcs8;
    const { lines } = await troublesWith({ DFNS_PRIVATE_KEY: pem });
    expect(lines[0]).toMatch(/^failed configuration: DFNS_PRIVATE_KEY is encrypted/);
    const wrong = await troublesWith({ DFNS_PRIVATE_KEY: pem, DFNS_PRIVATE_KEY_PASSPHRASE: `${passphrase}x` });
    expect(wrong.lines[0]).toMatch(/^failed configuration: DFNS_PRIVATE_KEY does not open with the passphrase/);
  });

  it('a token that Dfns ended', async () => {
    world.sandbox.deactivateUser(usernameOf(account.authToken) as string);
    expect(await troublesWith({})).toEqual({
      code: 1,
      lines: [expect.stringMatching(/^failed token: Dfns refuses the token: "Not Authorized\." → check/), ...rest(3)],
    });
  });

  it('a token that ended, or that ends soon', async () => {
    const claims = { 'https://custom/app_metadata': { orgId: world.sandbox.orgId } };
    const token = (exp: number) => tokenWith({ ...claims, exp });
    const { code, lines } = await troublesWith({ DFNS_AUTH_TOKEN: token(Date.UTC(2026, 0, 2) / 1_000) });
    expect(code).toBe(1);
    expect(lines.slice(0, 2)).toEqual([
      expect.stringMatching(/^failed configuration: DFNS_AUTH_TOKEN has expired/),
      expect.stringMatching(/^failed token-end: the token ended on 2026-01-02 → make a new service account/),
    ]);
    const soon = await troublesWith({ DFNS_AUTH_TOKEN: token(Date.now() / 1_000 + 7_200) });
    expect(soon.lines[0]).toMatch(/^warning token-end: the token ends on .*, in 0 days → /);
    const never = await troublesWith({ DFNS_AUTH_TOKEN: tokenWith(claims) });
    expect(never.lines[0]).toMatch(/^unknown token-end: the token does not say/);
  });

  it.each([
    ['no token', 'garbage', /^failed configuration: DFNS_AUTH_TOKEN is not a JWT/],
    ['a token without organisation', tokenWith({}), /^failed configuration: DFNS_AUTH_TOKEN belongs to another/],
  ])('%s', async (_, token, line) => {
    const { code, lines } = await troublesWith({ DFNS_AUTH_TOKEN: token });
    expect([code, lines[0]]).toEqual([1, expect.stringMatching(line)]);
  });

  it('a token of another organisation, and no organisation', async () => {
    const other = 'or-aaaaa-bbbbb-cccccccccccccc';
    const { code, lines } = await troublesWith({ DFNS_ORG_ID: other });
    expect(code).toBe(1);
    expect(lines[1]).toBe(
      `failed organisation: the token is of ${world.sandbox.orgId}, and DFNS_ORG_ID names another one → take both from the same organisation, also the key and the URL of its region`,
    );
    const unset = await troublesWith({ DFNS_ORG_ID: '' });
    expect(unset).toEqual({
      code: 0,
      lines: [expect.stringContaining(`→ set DFNS_ORG_ID=${world.sandbox.orgId}; then`)],
    });
  });

  it('a key for stores that is too short', async () => {
    const { code, lines } = await troublesWith({ DFNS_SEALING_KEY: 'too short' });
    expect([code, lines]).toEqual([1, [expect.stringMatching(/^failed sealing-key: .* → make one with "openssl/)]]);
    await expect(troublesWith({ DFNS_SEALING_KEY: Buffer.alloc(32, 7).toString('base64') })).resolves.toMatchObject({
      code: 0,
    });
  });

  it.each([
    [
      'a refusal',
      { kind: 'status', status: 400, message: 'No more.' },
      /^failed token: DFNS_BAD_REQUEST: .*"No more\."/,
    ],
    [
      'a quota that is used up',
      { kind: 'status', status: 429, headers: { 'retry-after': '60' } },
      /^failed token: DFNS_RATE_LIMITED/,
    ],
    ['a page of a proxy', { kind: 'html', status: 200 }, /^failed token: DFNS_MALFORMED_RESPONSE/],
    ['an answer that repeats all secrets', { kind: 'echo', status: 401 }, /^failed token: Dfns refuses the token: /],
  ] as const)('%s at the challenge', async (_, fault, line) => {
    world.sandbox.faults.add({ ...fault, on: 'POST /auth/action/init', times: 9 });
    const { code, lines } = await troublesWith({});
    expect([code, lines]).toEqual([1, [expect.stringMatching(line), ...rest(3)]]);
  });

  it('a challenge that does not come', async () => {
    world.sandbox.faults.add({ kind: 'hang', on: 'POST /auth/action/init', times: 9 });
    const { code, lines } = await troublesWith({ DFNS_ATTEMPT_TIMEOUT_MS: '1500', DFNS_MAX_ATTEMPTS: '1' });
    expect([code, lines]).toEqual([1, [expect.stringMatching(/^failed token: DFNS_TIMEOUT: /), ...rest(3)]]);
  });

  it('a signature that Dfns does not answer', async () => {
    world.sandbox.faults.add({ kind: 'echo', status: 500, on: 'POST /auth/action', times: 9 });
    const { code, lines } = await troublesWith({});
    expect([code, lines]).toEqual([1, [expect.stringMatching(/^failed key: DFNS_UNAVAILABLE: .* → Try again later/)]]);
  });

  it('a relying party that Dfns does not tell', async () => {
    const gateway = await AlteringGateway.open(world.sandbox.url);
    gateway.on('POST /auth/action/init', ({ status, headers, body }, response) => {
      const { rp: _, ...others } = JSON.parse(body);
      response.writeHead(status, headers).end(JSON.stringify(others));
    });
    const { code, lines } = await troublesWith({ DFNS_API_URL: gateway.url });
    await gateway.close();
    expect([code, lines]).toEqual([0, [expect.stringMatching(/^unknown relying-party: Dfns did not tell it/)]]);
  });
});

describe('the output of doctor', () => {
  const names = [
    'DFNS_ORG_ID',
    'DFNS_AUTH_TOKEN',
    'DFNS_CRED_ID',
    'DFNS_PRIVATE_KEY',
    'DFNS_MAX_ATTEMPTS',
    'DFNS_SEALING_KEY',
    'DFNS_X',
  ];
  const marked = fc.string({ minLength: 1 }).map((text) => `§${text.replaceAll('\0', '')}§`);

  it('never repeats the value of a variable', async () => {
    const variables = fc.record(Object.fromEntries(names.map((name) => [name, marked])), { requiredKeys: [] });
    await fc.assert(
      fc.asyncProperty(variables, fc.boolean(), async (source, json) => {
        const args = ['doctor', ...(json ? ['--json'] : [])];
        const { code, stdout, stderr } = await commands.run(args, { ...source, DFNS_API_URL: '§' });
        expect([code, stderr]).toEqual([1, '']);
        expect(stdout).not.toContain('§');
      }),
      { numRuns: 50 },
    );
  });

  it('has no secret of the configuration, even if an answer repeats it', async () => {
    const { encryptedPkcs8, publicKeyPem } = vectorKey('ed25519');
    const { pem, passphrase } = encryptedPkcs8;
    account = world.sandbox.createServiceAccount({ publicKey: publicKeyPem.spki });
    const secrets = [account.authToken, ...pem.split('\n').slice(1, -2), passphrase];
    const gateway = await AlteringGateway.open(world.sandbox.url);
    gateway.on('POST /auth/action/init', ({ status, headers, body }, response) => {
      const rp = { id: secrets.join(' '), name: 'x' };
      response.writeHead(status, headers).end(JSON.stringify({ ...JSON.parse(body), rp }));
    });
    gateway.on('POST /auth/action', (_, response) => {
      response.writeHead(401, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { message: secrets.join(', ') } }));
    });
    const { code, stdout } = await commands.run(['doctor'], {
      ...variablesOf(world.sandbox, { ...account, privateKey: pem }),
      DFNS_PRIVATE_KEY_PASSPHRASE: passphrase,
      DFNS_API_URL: gateway.url,
    });
    await gateway.close();
    expect([code, leaks(stdout, secrets)]).toEqual([1, []]);
    expect(stdout).toMatch(/^✗ key .*\[redacted\]/m);
    expect(stdout).toMatch(/^✓ relying-party .*\[redacted\]/m);
  });

  it('has no secret, whatever Dfns answers', async () => {
    const operations = [
      'POST /auth/action/init',
      'POST /auth/action',
      'GET /auth/service-accounts',
      'GET /auth/users',
      'GET /wallets',
    ];
    for (const on of operations) {
      for (const status of [200, 400, 401, 403, 500]) {
        world.sandbox.faults.clear();
        world.sandbox.faults.add({ kind: 'echo', status, on, times: 20 });
        await commands.run(['doctor'], { ...env, DFNS_MAX_ATTEMPTS: '1' });
      }
    }
    const secrets = [...world.sandbox.secrets, account.authToken, ...(account.privateKey as string).split('\n')];
    expect(
      leaks(
        commands.printed,
        secrets.filter((secret) => secret !== '' && !secret.startsWith('-----')),
      ),
    ).toEqual([]);
    expect(commands.printed.length).toBeGreaterThan(10_000);
  });
});
