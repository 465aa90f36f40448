import { execFile, execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DfnsSandbox } from 'dfns-sandbox';
import { createApplication } from '../src/application.js';
import { snippetsOf, writeSnippets } from './support/snippets.js';

const FOLDER = resolve('artifacts', 'readme');
const readme = readFileSync('README.md', 'utf8');
const snippets = writeSnippets('README.md', FOLDER);

/** Runs the tests of the section "Testing" without a change. */
await import(join(FOLDER, 'wallets.test.ts'));

describe('the README', () => {
  it('has examples', () => {
    expect(snippets.length).toBeGreaterThan(4);
  });

  it('has examples that compile with strict rules and the published types', () => {
    const settings = {
      extends: '../../tsconfig.json',
      compilerOptions: { rootDir: '.' },
      include: ['*.ts'],
      exclude: [],
    };
    writeFileSync(join(FOLDER, 'tsconfig.json'), JSON.stringify(settings));
    const compile = () =>
      execFileSync(process.execPath, [resolve('node_modules/typescript/bin/tsc'), '-p', FOLDER, '--noEmit'], {
        encoding: 'utf8',
      });
    expect(compile()).toBe('');
  }, 60_000);
});

describe('the example of the README', () => {
  let sandbox: DfnsSandbox;
  let app: INestApplication;
  let username: string | undefined;

  beforeAll(async () => {
    sandbox = await DfnsSandbox.start();
    sandbox.createUser({ username: 'ada', wallets: [{ network: 'EthereumSepolia', name: 'Hers' }] });
    const { authToken, credId, privateKey } = sandbox.createServiceAccount({});
    Object.assign(process.env, {
      DFNS_API_URL: sandbox.url,
      DFNS_ORG_ID: sandbox.orgId,
      DFNS_AUTH_TOKEN: authToken,
      DFNS_CRED_ID: credId,
      DFNS_PRIVATE_KEY: privateKey,
    });
    const { AppModule } = await import(join(FOLDER, 'app.module.ts'));
    app = await NestFactory.create(AppModule, { logger: false });
    app.use((request: { session?: object }, _: unknown, next: () => void) => {
      request.session = { username };
      next();
    });
    await app.listen(0, '127.0.0.1');
  });

  afterAll(async () => {
    await app.close();
    await sandbox.stop();
    for (const name of Object.keys(process.env)) if (name.startsWith('DFNS_')) delete process.env[name];
  });

  it('lists the wallets of the user of the session', async () => {
    username = 'ada';
    const answer = await fetch(`${await app.getUrl()}/wallets`);
    expect(await answer.json()).toMatchObject({ items: [{ name: 'Hers' }] });
  });

  it('refuses a request without a user', async () => {
    username = undefined;
    expect((await fetch(`${await app.getUrl()}/wallets`)).status).toBe(401);
  });
});

describe('the commands of the README', () => {
  it('log in and read wallets with curl', async () => {
    const app = await createApplication({ logger: false });
    await app.listen(0, 'localhost');
    const [commands] = snippetsOf(readme, 'sh').filter(({ name }) => name === 'curl');
    const script = String(commands?.text).replaceAll('http://localhost:3000', await app.getUrl());
    const output = await new Promise<string>((done, fail) =>
      execFile('sh', ['-e', '-c', script], { cwd: FOLDER }, (error, stdout) => (error ? fail(error) : done(stdout))),
    );
    expect(output).toMatch(/"email":"demo@example.test"[\s\S]*"name":"Demo wallet"/);
    await app.close();
  });
});
