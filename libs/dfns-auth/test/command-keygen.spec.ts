import { execFile, execFileSync } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { DfnsUsers, KeySigner } from 'nestjs-dfns-auth';
import { leaks } from './support/secret-leaks.js';
import { BIN, useCommands } from './support/use-commands.js';
import { useSandbox } from './support/use-sandbox.js';

const world = useSandbox();
const commands = useCommands();
let folders = 0;

/** A new folder, so that the files of a test are its own. */
function newFolder(): string {
  folders += 1;
  const path = join(commands.folder, `keys-${folders}`);
  mkdirSync(path);
  return path;
}

const keygen = (out: string, ...args: string[]) => commands.run(['keygen', '--out', out, ...args]);
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
const read = (path: string) => readFileSync(path, 'utf8');

/** The lines of a private key, without its frame. */
const secretLines = (pem: string) => pem.split('\n').filter((line) => line !== '' && !line.startsWith('-----'));

describe('keygen', () => {
  it.each([
    [[], 'ed25519'],
    [['--type', 'P-256'], 'ec prime256v1'],
    [['--type', 'secp256k1'], 'ec secp256k1'],
    [['--type', 'rsa'], 'rsa 3072'],
  ])('with %j makes a key that Dfns accepts from the library: %s', async (args, kind) => {
    const out = join(newFolder(), 'account.pem');
    const { code, stdout, stderr } = await keygen(out, ...args);
    expect([code, stderr]).toEqual([0, '']);
    const privateKey = read(out);
    const publicKey = read(out.replace('.pem', '.public.pem'));
    const { asymmetricKeyType, asymmetricKeyDetails } = createPublicKey(publicKey);
    const { namedCurve, modulusLength } = asymmetricKeyDetails ?? {};
    expect([asymmetricKeyType, namedCurve ?? modulusLength].filter(Boolean).join(' ')).toBe(kind);
    expect(privateKey).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    const { authToken, credId } = world.sandbox.createServiceAccount({ publicKey });
    const instance = await world.startInstance({
      serviceAccount: { authToken, credential: { credId, privateKey } },
    });
    const { userId } = world.sandbox.createUser({ username: `${kind} ${args}` });
    await expect(instance.get(DfnsUsers).deactivate(userId)).resolves.toMatchObject({ isActive: false });
    expect(stdout).toContain(publicKey);
    expect(leaks(stdout, secretLines(privateKey).slice(0, -1))).toEqual([]);
  });

  it('says where the public key goes, and which variables to set', async () => {
    const out = join(newFolder(), 'account.pem');
    const { stdout } = await keygen(out);
    for (const text of [
      'Service Accounts',
      'POST /auth/service-accounts',
      `DFNS_PRIVATE_KEY_FILE=${out}`,
      'DFNS_CRED_ID=',
    ]) {
      expect(stdout).toContain(text);
    }
    expect(stdout).toContain('npx dfns-auth doctor');
    expect(stdout).not.toContain('PASSPHRASE');
    expect(stdout).not.toContain('PRIVATE KEY-----');
    for (const secret of secretLines(read(out))) expect(stdout).not.toContain(secret);
  });

  it.each(['0000', '0777'])('writes files for the owner alone, whatever the umask is: %s', (umask) => {
    const folder = newFolder();
    execFileSync('sh', ['-c', `umask ${umask}; exec "$@"`, 'sh', process.execPath, resolve(BIN), 'keygen'], {
      cwd: folder,
    });
    const files = readdirSync(folder).sort();
    expect(files).toEqual(['dfns-service-account.pem', 'dfns-service-account.public.pem']);
    expect(files.map((file) => modeOf(join(folder, file)))).toEqual(['600', '600']);
  });

  it.each(['account.pem', 'account.public.pem'])('keeps %s if it exists, and writes nothing', async (name) => {
    const folder = newFolder();
    writeFileSync(join(folder, name), 'precious');
    const { code, stdout, stderr } = await keygen(join(folder, 'account.pem'));
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/exists.*--force/);
    expect(readdirSync(folder)).toEqual([name]);
    expect(read(join(folder, name))).toBe('precious');
  });

  it('writes through no link', async () => {
    const folder = newFolder();
    const target = join(folder, 'target');
    symlinkSync(target, join(folder, 'account.pem'));
    expect((await keygen(join(folder, 'account.pem'))).code).toBe(1);
    expect(existsSync(target)).toBe(false);
  });

  it('replaces files with --force, also their mode, and leaves no other file', async () => {
    const folder = newFolder();
    const out = join(folder, 'account.pem');
    writeFileSync(out, 'old');
    chmodSync(out, 0o644);
    await expect(keygen(out, '--force')).resolves.toMatchObject({ code: 0 });
    const first = read(out);
    await expect(keygen(out, '--force')).resolves.toMatchObject({ code: 0 });
    expect(read(out)).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    expect(read(out)).not.toBe(first);
    expect(modeOf(out)).toBe('600');
    expect(readdirSync(folder).sort()).toEqual(['account.pem', 'account.public.pem']);
  });

  it.each([
    ['no such folder', (folder: string) => join(folder, 'none', 'account.pem'), /no such folder/],
    ['a folder that takes no files', () => '/sys/account.pem', /choose a folder that is yours/],
    ['a file as folder', (folder: string) => join(commands.file('plain', ''), folder, 'account.pem'), /no such folder/],
  ])('says what to do about %s', async (_, out, message) => {
    const { code, stdout, stderr } = await keygen(out(newFolder()));
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
  });

  it.each([[[]], [['--force']]])('refuses a folder as file, with %j', async (args) => {
    const folder = newFolder();
    mkdirSync(join(folder, 'account.pem'));
    mkdirSync(join(folder, 'account.pem', 'full'));
    const { code, stderr } = await keygen(join(folder, 'account.pem'), ...args);
    expect(code).toBe(1);
    expect(stderr).toMatch(/account\.pem/);
    expect(readdirSync(folder)).toEqual(['account.pem']);
  });

  it('encrypts with the first line of a file, and prints no passphrase', async () => {
    const out = join(newFolder(), 'account.pem');
    const passphrase = 'correct horse battery staple';
    const { code, stdout } = await keygen(
      out,
      '--passphrase-file',
      commands.file('passphrase', `${passphrase}\r\nnote`),
    );
    expect(code).toBe(0);
    expect(read(out)).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
    expect(() => new KeySigner({ credId: 'x', privateKey: read(out), passphrase })).not.toThrow();
    expect(() => new KeySigner({ credId: 'x', privateKey: read(out), passphrase: `${passphrase}\n` })).toThrow();
    expect(stdout).toContain('DFNS_PRIVATE_KEY_PASSPHRASE=');
    expect(stdout).not.toContain('horse');
  });

  /** Runs keygen at a terminal, and types one answer to each question. */
  function atTerminal(out: string, answers: string[]): Promise<{ code: number; screen: string }> {
    return new Promise((done) => {
      const command = [process.execPath, BIN, 'keygen', '--encrypt', '--out', out].join(' ');
      const child = execFile('script', ['-qec', command, '/dev/null'], (_, screen) =>
        done({ code: child.exitCode as number, screen }),
      );
      let seen = '';
      child.stdout?.on('data', (text: string) => {
        seen += text;
        if (/(Passphrase for|The same)[^:]*: $/.test(seen)) {
          seen = '';
          child.stdin?.write(`${answers.shift()}\r`);
        }
      });
    });
  }

  it('asks for a passphrase at the terminal, and does not show it', async () => {
    const out = join(newFolder(), 'account.pem');
    const { code, screen } = await atTerminal(out, ['open sesame', 'open sesame']);
    expect([code, screen]).toEqual([0, expect.stringContaining('BEGIN PUBLIC KEY')]);
    expect(screen).not.toContain('sesame');
    expect(() => new KeySigner({ credId: 'x', privateKey: read(out), passphrase: 'open sesame' })).not.toThrow();
  });

  it.each([
    [['one', 'another'], /two passphrases differ/],
    [[''], /empty passphrase/],
    [['\u0003'], /no file was written/],
    [['\u0004'], /no file was written/],
  ])('writes nothing when %j is typed', async (answers, message) => {
    const folder = newFolder();
    const { code, screen } = await atTerminal(join(folder, 'account.pem'), answers);
    expect([code, screen]).toEqual([2, expect.stringMatching(message)]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    [['--type', 'dsa'], /--type is none of ed25519, p256, secp256k1, rsa/],
    [['--type', 'constructor'], /--type is none of/],
    [['--typ', 'rsa'], /no option --typ; did you mean --type\?/],
    [['--curve', 'rsa'], /no option --curve/],
    [['--passphrase', 'hunter2 hunter2'], /no option --passphrase.*--passphrase-file/],
    [['--passphrase=hunter2 hunter2'], /no option --passphrase.*--passphrase-file/],
    [['--passphrase-file'], /--passphrase-file needs a value/],
    [['--passphrase-file', '--force'], /--passphrase-file needs a value/],
    [['--passphrase-file', '/nowhere'], /cannot be read/],
    [['--passphrase-file', '/dev/null'], /begins with an empty line/],
    [['--passphrase-file', BIN, '--encrypt'], /keep one of them/],
    [['--encrypt'], /there is none: use --passphrase-file/],
    [['--force=yes'], /--force takes no value/],
    [['hunter2 hunter2'], /needs the name of an option/],
    [['-x'], /no option -x/],
  ])('refuses the arguments %j', async (args, message) => {
    const folder = newFolder();
    const { code, stdout, stderr } = await keygen(join(folder, 'account.pem'), ...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/ See dfns-auth keygen --help\n$/);
    expect(stderr).not.toContain('hunter2');
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('dfns-auth', () => {
  it('shows a text about itself and about each command', async () => {
    for (const args of [['--help'], ['-h'], ['help'], ['keygen', '--help'], ['keygen', '-h']]) {
      const { code, stdout, stderr } = await commands.run(args);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/^usage: dfns-auth/);
      expect(stdout.split('\n').filter((line) => line.length > 120)).toEqual([]);
    }
  });

  it.each([
    [[], /which command/],
    [['keygne'], /did you mean keygen/],
    [['toString'], /there are keygen and doctor/],
    [['--doctor'], /no such command/],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await commands.run(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });

  it('ends with the exit code of its command', async () => {
    await expect(commands.spawn(['keygne'])).resolves.toMatchObject({ code: 2, stdout: '' });
    await expect(commands.spawn(['keygen', '--out', join(newFolder(), 'k')])).resolves.toMatchObject({
      code: 0,
      stderr: '',
    });
  });
});
