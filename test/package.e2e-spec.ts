import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as library from 'nestjs-dfns-auth';

const PACKAGES = ['dfns-auth', 'dfns-sandbox'];
const { withAbsoluteLinks } = await import(resolve('scripts', 'absolute-links.mjs'));

/**
 * The archives that a user gets. The test packs them, and unpacks them in a new folder beside their dependencies, like
 * npm. `npm test` builds the libraries first.
 */
describe('the packed archives', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dfns-package-'));
  const modules = join(folder, 'node_modules');
  const archives: Record<string, string> = {};

  beforeAll(() => {
    mkdirSync(modules);
    for (const name of readdirSync('node_modules').filter((entry) => !entry.startsWith('.'))) {
      symlinkSync(resolve('node_modules', name), join(modules, name));
    }
    for (const name of PACKAGES) {
      const packed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
        cwd: join('libs', name),
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const [archive] = Object.values(JSON.parse(packed.toString())) as { filename: string; name: string }[];
      archives[name] = join(folder, archive?.filename as string);
      rmSync(join(modules, archive?.name as string));
      execFileSync('tar', ['-xzf', archives[name], '-C', folder]);
      cpSync(join(folder, 'package'), join(modules, archive?.name as string), { recursive: true });
      rmSync(join(folder, 'package'), { recursive: true });
    }
  }, 60_000);

  afterAll(() => rmSync(folder, { recursive: true }));

  const run = (...args: string[]): string =>
    execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } });

  const SCRIPTS: [string, string[]][] = [
    ['import', ['--input-type=module', '-e', "console.log(Object.keys(await import('nestjs-dfns-auth')).join())"]],
    ['require', ['-e', "console.log(Object.keys(require('nestjs-dfns-auth')).join())"]],
  ];

  it.each(SCRIPTS)('load by %s, and export the same names as the sources', (_, args) => {
    expect(
      new Set(
        run(...args)
          .trim()
          .split(','),
      ),
    ).toEqual(new Set(Object.keys(library)));
  });

  it('have routes as an empty module for import and require', () => {
    const script = `
      import { createRequire } from 'node:module';
      const required = createRequire(import.meta.url)('nestjs-dfns-auth/routes');
      console.log(Object.keys(required).length, Object.keys(await import('nestjs-dfns-auth/routes')).length);`;
    expect(run('--input-type=module', '-e', script).trim()).toBe('0 0');
  });

  it('are at most 1.2 MB unpacked, and depend on the curves and their peers only', () => {
    const root = join(modules, 'nestjs-dfns-auth');
    const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const bytes = files.map(({ parentPath, name }) => statSync(join(parentPath, name)).size);
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(1_200_000);
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(Object.keys(dependencies)).toEqual(['@noble/curves']);
  });

  it.each(['cjs', 'esm'])('have classes with the names of their sources: %s', (format) => {
    const script = `
      const packages = ['nestjs-dfns-auth', 'dfns-sandbox'].map((name) => import('./node_modules/' + name + '/dist/${format}/index.js'));
      const exported = (await Promise.all(packages)).flatMap((one) => Object.entries(one));
      const classes = exported.filter(([, value]) => String(value).startsWith('class'));
      console.log(classes.length > 30, classes.filter(([key, value]) => value.name !== key).length);`;
    expect(run('--input-type=module', '-e', script).trim()).toBe('true 0');
  });

  it.each(['cjs', 'esm'])('have declarations with the docstrings of the sources: %s', (format) => {
    const file = join(modules, 'nestjs-dfns-auth', 'dist', format, 'index.d.ts');
    const text = readFileSync(file, 'utf8').replaceAll(/\n +\* /g, ' ');
    const entries = Object.values(library.DFNS_ERRORS);
    expect(entries.filter(({ when, fix }) => !text.includes(when) || !text.includes(fix))).toEqual([]);
  });

  it('have the half for browsers for import and require', () => {
    const script = `
      import { createRequire } from 'node:module';
      const required = createRequire(import.meta.url)('nestjs-dfns-auth/browser');
      const path = './node_modules/nestjs-dfns-auth/dist/cjs/browser/index.js';
      const inCommonJs = createRequire(import.meta.url)(path);
      const imported = await import('nestjs-dfns-auth/browser');
      console.log([required, inCommonJs, imported].map((half) => Object.keys(half).filter((name) => name === 'signAction').length).join());`;
    expect(run('--input-type=module', '-e', script).trim()).toBe('1,1,1');
  });

  it('are one copy for import and require', () => {
    const script = `
      import { createRequire } from 'node:module';
      import { DfnsError } from 'nestjs-dfns-auth';
      const required = createRequire(import.meta.url)('nestjs-dfns-auth');
      console.log(required.DfnsError === DfnsError);`;
    expect(run('--input-type=module', '-e', script).trim()).toBe('true');
  });

  it('log a user in from CommonJS', () => {
    const script = `
      require('reflect-metadata');
      const { NestFactory } = require('@nestjs/core');
      const { DfnsAuthModule, DelegatedAuthService } = require('./node_modules/nestjs-dfns-auth/dist/cjs/index.js');
      const { DfnsSandbox } = require('./node_modules/dfns-sandbox/dist/cjs/index.js');
      (async () => {
        const sandbox = await DfnsSandbox.start();
        sandbox.createUser({ username: 'ada' });
        const { authToken, credId, privateKey } = sandbox.createServiceAccount({});
        const app = await NestFactory.createApplicationContext(
          DfnsAuthModule.forRoot({ baseUrl: sandbox.url, serviceAccount: { authToken, credential: { credId, privateKey } } }),
          { logger: false },
        );
        console.log((await app.get(DelegatedAuthService).getToken('ada')).split('.').length);
        await app.close();
        await sandbox.stop();
      })();`;
    expect(run('-e', script).trim()).toBe('3');
  });

  it('contain code, types, license and README, and no sources or tests', () => {
    for (const name of ['nestjs-dfns-auth', 'dfns-sandbox']) {
      const root = join(modules, name);
      for (const file of ['LICENSE', 'README.md', 'dist/esm/index.d.ts', 'dist/cjs/index.d.ts']) {
        expect([file, existsSync(join(root, file))]).toEqual([file, true]);
      }
      const entries = readdirSync(root, { recursive: true }).map(String);
      expect(entries.filter((entry) => /\.spec\.|(^|\/)(src|test)(\/|$)|\.tgz$/.test(entry))).toEqual([]);
    }
  });

  it.each(['nestjs-dfns-auth', 'dfns-sandbox'])('contain what the documents of %s lead to', (name) => {
    const root = join(modules, name);
    const documents = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.md'));
    const links = documents.flatMap((file) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(/\]\((?!https?:|#)([^)\s#]+)[^)]*\)/g)].map(([, target]) => ({
        file,
        target: target as string,
      })),
    );
    expect(documents).toContain('README.md');
    expect(links.filter(({ file, target }) => !existsSync(join(root, dirname(file), target)))).toEqual([]);
    if (name === 'nestjs-dfns-auth') expect(links.length).toBeGreaterThan(40);
  });

  it('lead into the repository, as soon as package.json names it', () => {
    const repository = { url: 'git+https://github.com/owner/name.git' };
    const text = '[Keys](docs/guides/keys.md#rotation), [Dfns](https://www.dfns.co), [below](#security)';
    expect(withAbsoluteLinks(text, { repository, version: '1.2.3' })).toBe(
      text.replace('docs/', 'https://github.com/owner/name/blob/v1.2.3/docs/'),
    );
    expect(withAbsoluteLinks(text, { version: '1.2.3' })).toBe(text);
  });

  it('contain the command of the sandbox, and the command refuses an unknown option', () => {
    const manifest = JSON.parse(readFileSync(join(modules, 'dfns-sandbox', 'package.json'), 'utf8'));
    expect(() => run(join(modules, 'dfns-sandbox', manifest.bin['dfns-sandbox']), '--nonsense')).toThrow(
      /exit|Command failed/,
    );
  });

  it.each(PACKAGES)('pass publint: %s', (name) => {
    const report = execFileSync(process.execPath, [
      resolve('node_modules/publint/src/cli.js'),
      '--strict',
      join('libs', name),
    ]);
    expect(report.toString()).toMatch(/All good/);
  });

  it.each(PACKAGES)('have types that are right in each way of resolving them: %s', (name) => {
    const attw = resolve('node_modules/@arethetypeswrong/cli/dist/index.js');
    expect(run(attw, archives[name] as string, '--format', 'table-flipped')).toMatch(/No problems found/);
  });
});
