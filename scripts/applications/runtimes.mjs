import assert from 'node:assert/strict';

const NEST_12 =
  'npm install nestjs-dfns-auth dfns-sandbox @nestjs/common@12 @nestjs/core@12 @nestjs/platform-express@12 @nestjs/axios ' +
  '@nestjs/config axios class-validator class-transformer reflect-metadata rxjs';

/** A registration, a login, a read and a signed transfer on other runtimes, loaded by import and by require. */
export const RUNTIMES = Object.fromEntries(
  // Each of these npm packages is the runtime itself.
  Object.entries({
    'node-20.19': 'node@20.19',
    'node-22': 'node@22',
    'node-24': 'node@24',
    'node-26': 'node@26',
    bun: 'bun',
  }).map(([name, runtime]) => [name, (application) => smoke(application, runtime)]),
);

async function smoke(application, runtime) {
  // The runtimes get their binaries by an install script, and npm 11 runs those that are named.
  application.write('package.json', { private: true, allowScripts: { node: true, bun: true } });
  await application.install(NEST_12);
  await application.install(`npm install ${runtime}`);
  application.copy('test/fixtures/runtime');
  const program = `./node_modules/.bin/${runtime.split('@')[0]}`;
  for (const way of ['import', 'require']) {
    assert.match(await application.run(`${program} smoke.mjs ${way}`), /smoke: ok/);
  }
  return (await application.run(`${program} --version`)).trim();
}
