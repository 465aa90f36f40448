import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createApplication } from '../src/application.js';
import { GLOBALS_OF_TESTS, snippetsOf, writeSnippets } from './support/snippets.js';

const FOLDER = resolve('artifacts', 'readme');
const readme = readFileSync('README.md', 'utf8');
writeSnippets('README.md', FOLDER);

/** What `nest new` writes, and the address in the output. */
const MAIN = `
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
await app.listen(0, '127.0.0.1');
console.log(await app.getUrl());`;

/** Runs the tests of the section "Testing" without a change. */
await import(join(FOLDER, 'wallets.spec.ts'));

/** The commands of the block with this name. */
function commands(name: string): string {
  const block = snippetsOf(readme, 'sh').find((snippet) => snippet.name === name);
  if (!block) throw new Error(`the README has no commands named ${name}`);
  return block.text.trim();
}

/** Runs commands of the README in an empty folder, against the application at `url`. Returns what they print. */
async function run(name: string, url: string): Promise<string> {
  const script = commands(name).replaceAll('http://localhost:3000', url);
  const { stdout } = await promisify(execFile)('sh', ['-e', '-c', script], { cwd: FOLDER });
  return stdout;
}

describe('the quick start of the README', () => {
  const processes: ChildProcess[] = [];

  beforeAll(() => {
    const settings = {
      extends: '../../tsconfig.json',
      compilerOptions: { rootDir: '.', outDir: 'dist', noEmit: false, declaration: false },
      include: ['*.ts'],
      exclude: [],
    };
    writeFileSync(join(FOLDER, 'tsconfig.json'), JSON.stringify(settings));
    writeFileSync(join(FOLDER, 'main.ts'), MAIN);
    writeFileSync(join(FOLDER, 'globals.d.ts'), GLOBALS_OF_TESTS);
  });

  afterAll(() => {
    for (const { pid } of processes) if (pid) process.kill(-pid);
  });

  /** Starts a command in the folder, and returns the first line that it prints and that matches. */
  async function start(command: string, line: RegExp): Promise<string> {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(DFNS_|NODE_OPTIONS)/.test(name)));
    // A group of its own, so that `npx` ends together with what it starts.
    const child = spawn('sh', ['-c', command], {
      cwd: FOLDER,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    processes.push(child);
    const lines = createInterface({ input: child.stdout });
    for await (const text of lines) {
      const found = line.exec(text);
      child.stdout.resume();
      if (found) return found[0];
    }
    throw new Error(`${command} printed nothing that matches ${line}`);
  }

  it('compiles with strict rules, starts beside the local Dfns, and reads the wallets', async () => {
    const compile = () =>
      execFileSync(process.execPath, [resolve('node_modules/typescript/bin/tsc'), '-p', FOLDER], { encoding: 'utf8' });
    expect(compile()).toBe('');
    await start(`${commands('sandbox')} --port 0`, /Wrote DFNS_API_URL/);
    const url = await start('node dist/main.js', /^http:.*/);
    expect(JSON.parse(await run('wallets', url))).toMatchObject({ items: [{ network: expect.any(String) }] });
  }, 120_000);
});

describe('the commands for the bank', () => {
  it('log in and read wallets with curl', async () => {
    const app = await createApplication({ logger: false });
    await app.listen(0, 'localhost');
    const output = await run('curl', await app.getUrl());
    expect(output).toMatch(/"email":"demo@example.test"[\s\S]*"name":"Demo wallet"/);
    await app.close();
  });
});

describe('the README', () => {
  it('is short, and leads to every guide and every page of the reference', () => {
    expect(readme.split('\n').length).toBeLessThan(200);
    const pages = ['guides', 'reference'].flatMap((folder) =>
      readdirSync(join('docs', folder)).map((file) => `docs/${folder}/${file}`),
    );
    expect(pages.filter((page) => !readme.includes(`(${page})`))).toEqual([]);
  });
});
