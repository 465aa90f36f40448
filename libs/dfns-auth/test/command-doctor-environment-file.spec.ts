import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CreatedServiceAccount } from 'dfns-sandbox';
import fc from 'fast-check';
import { ALL_PERMISSIONS, tellPermissions } from './support/told-permissions.js';
import { BIN, useCommands, type Variables, variablesOf } from './support/use-commands.js';
import { useSandbox } from './support/use-sandbox.js';

const world = useSandbox();
const commands = useCommands();
let account: CreatedServiceAccount;
let variables: Variables;

beforeEach(() => {
  account = world.sandbox.createServiceAccount();
  variables = variablesOf(world.sandbox, account);
  tellPermissions(world.sandbox, account, ALL_PERMISSIONS);
});

/** Writes a variable as it is, or as `quoted` writes it. */
const lines = (quoted: (value: string, name: string) => string) =>
  Object.entries(variables).map(([name, value]) => `${name}=${quoted(value, name)}`);

async function doctorWith(text: string, env: Variables = {}) {
  return commands.doctor(env, ['--env-file', commands.file('.env', text)]);
}

const escaped = (value: string) => `"${value.replaceAll('\n', '\\n')}"`;

describe('an environment file', () => {
  it.each([
    ['as the sandbox prints it', () => ['# a sandbox', ...lines(escaped), ''].join('\n')],
    ['with a key of several lines', () => lines((value) => `"${value}"`).join('\n')],
    [
      'in single quotes, exported, with comments',
      () =>
        lines((value) => `'${value}' # why`)
          .map((line) => `export ${line}`)
          .join('\n\n'),
    ],
    ['from Windows', () => `\uFEFF${lines((value) => `"${value}"`).join('\n')}\n`.replaceAll('\n', '\r\n')],
  ])('is read %s', async (_, write) => {
    const { code, troubles } = await doctorWith(write());
    expect([code, troubles]).toEqual([0, []]);
  });

  it('counts, and the environment does not', async () => {
    const { troubles } = await doctorWith(lines(escaped).join('\n'), { DFNS_AUTH_TOKEN: 'wrong', DFNS_TYPO: 'wrong' });
    expect(troubles).toEqual([]);
    const wrong = await doctorWith('DFNS_CRED_ID=only\nDFNS_API_URL=wrong', variables);
    expect(wrong.code).toBe(1);
    expect(wrong.troubles.map(({ message }) => message)).toContain('DFNS_AUTH_TOKEN is empty');
  });

  it('with a key without quotes is refused by the numbers of its lines', async () => {
    const { code, troubles } = await doctorWith(lines((value) => value).join('\n'));
    expect(code).toBe(1);
    expect(troubles[0]).toEqual({
      check: 'environment',
      status: 'failed',
      message: 'lines 6, 7 of the file cannot be read',
      fix: expect.stringContaining('double quotes'),
    });
    expect(troubles[1]?.message).toMatch(/^DFNS_PRIVATE_KEY is not PEM/);
  });

  it.each([
    ['DFNS_APP_ID', [2]],
    ['DFNS_APP_ID: ap-1', [2]],
    ['DFNS APP ID=ap-1', [2]],
    ['=ap-1', [2]],
    ['DFNS_APP_ID="ap-1', [2]],
    ['DFNS_APP_ID= "ap-1', [2]],
    ['DFNS_APP_ID="ap\n1" x\n\nthree', [2, 3, 5]],
  ])('with %j is refused', async (text, wrong) => {
    const { code, troubles } = await doctorWith(`DFNS_API_URL=wrong\n${text}\n`);
    const words = wrong.length > 1 ? 'lines' : 'line';
    expect([code, troubles[0]?.message]).toEqual([1, `${words} ${wrong.join(', ')} of the file cannot be read`]);
  });

  it('has the same wrong lines for us and for a reader, in any order', async () => {
    const name = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,9}$/);
    const word = fc.stringMatching(/^[a-z0-9+/=:#-]{0,12}$/);
    const right = fc.oneof(
      fc.tuple(name, word).map(([key, value]) => `${key}=${value}`),
      fc.tuple(name, word, word).map(([key, one, two]) => `${key}="${one}\n${two}"`),
      fc.tuple(name, word).map(([key, value]) => `  export ${key} = '${value}'  # ${value}`),
      word.map((value) => `# ${value}=`),
      fc.constantFrom('', '  '),
    );
    const wrong = fc.constantFrom('word', 'two words=1', '-----END PRIVATE KEY-----', '1=2', 'a+b=', '= x', "X='");
    const part = fc.oneof(
      right.map((text) => ({ text, isWrong: false })),
      wrong.map((text) => ({ text, isWrong: true })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 8 }), async (parts) => {
        // A quote that is open would take the lines after it, so it comes last.
        const ordered = [
          ...parts.filter(({ text }) => text !== "X='"),
          ...parts.filter(({ text }) => text === "X='").slice(0, 1),
        ];
        const expected: number[] = [];
        let line = 2;
        for (const { text, isWrong } of ordered) {
          if (isWrong) expected.push(line);
          line += text.split('\n').length;
        }
        const { findings } = await doctorWith(['DFNS_API_URL=wrong', ...ordered.map(({ text }) => text)].join('\n'));
        const found = findings.find(({ status, check }) => check === 'environment' && status === 'failed')?.message;
        expect(found?.match(/\d+/g)?.map(Number) ?? []).toEqual(expected.slice(0, 5));
      }),
      { numRuns: 60 },
    );
  });

  it('is named if the environment has no variable, and is not read by itself', () => {
    commands.file('.env', 'DFNS_API_URL=wrong');
    const { status, stdout } = spawnSync(process.execPath, [resolve(BIN), 'doctor'], {
      cwd: commands.folder,
      env: { PATH: process.env['PATH'] },
      encoding: 'utf8',
    });
    expect([status, stdout.split('\n')]).toEqual([
      1,
      [
        '✗ environment    no variable begins with DFNS_',
        '                 → there is a file .env here: npx dfns-auth doctor --env-file .env',
        '',
        '1 problem to fix',
        '',
      ],
    ]);
  });
});

describe('colours', () => {
  /** Runs the doctor at a terminal. */
  function screen(env: Variables): string {
    const command = [process.execPath, resolve(BIN), 'doctor'].join(' ');
    const options = { cwd: '/', env: { PATH: process.env['PATH'], ...env }, encoding: 'utf8' } as const;
    return spawnSync('script', ['-qec', command, '/dev/null'], options).stdout;
  }

  it('are for terminals, and not with NO_COLOR', () => {
    expect(screen({}).slice(0, 22)).toBe('\u001b[31m✗\u001b[0m environment');
    expect(screen({ NO_COLOR: '1' }).slice(0, 13)).toBe('✗ environment');
  });
});
