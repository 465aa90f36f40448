import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Application, freePort } from './application.mjs';
import { Readme } from './readme.mjs';

/** Follows the README word by word in an application as `nest new` makes it. Nothing else is installed or set. */
export const NEST_NEW = {
  'nest-11': (application) => follow(application, 11, ''),
  'nest-12': (application) => follow(application, 12, '--no-observe'),
};

/** The errors that an application on Nest 11 answers and prints, and the half of the library that it loads. */
const NEST_11_SPEC = 'errors.spec.ts';

async function follow(parent, nest, flags) {
  const readme = new Readme(parent.archives['nestjs-dfns-auth'], nest);
  await parent.run(
    `npx --yes --prefer-offline @nestjs/cli@${nest} new app --skip-git --skip-install --package-manager npm ${flags}`,
  );
  const made = new Application(join(parent.folder, 'app'), parent.archives);
  try {
    for (const line of readme.installLines) await made.install(line);
    for (const { name, text } of readme.files) made.write(join('src', name), text);
    if (nest === 11) made.copy(join('test/fixtures/nest-11', NEST_11_SPEC), join('src', NEST_11_SPEC));
    await test(made, readme, nest === 11 ? [NEST_11_SPEC] : []);
    if (nest === 11) await made.run('npx tsc --noEmit --skipLibCheck false');
    await serve(made, readme);
  } finally {
    made.stop();
  }
}

/** `npm test` runs the test of the README and `others` beside the one that `nest new` made. */
async function test(made, readme, others) {
  const specs = readme.files.map(({ name }) => name).filter((name) => name.endsWith('.spec.ts'));
  assert(specs.length > 0, 'the README has no file that the tests of `nest new` would find: NAME.spec.ts');
  const output = await made.run('npm test');
  for (const name of [...specs, ...others]) assert(output.includes(name), `${name} did not run:\n${output}`);
}

/** The local Dfns, the application, and the request that the README makes. */
async function serve(made, readme) {
  const [dfns, own] = [await freePort(), await freePort()];
  await made.start(`${readme.commands('sandbox')} --port ${dfns}`, async (output) => output.includes('DFNS_API_URL'));
  const request = readme.commands('wallets').replaceAll('localhost:3000', `localhost:${own}`);
  const answer = await made.start('npm run start:dev', () => made.run(request), { PORT: String(own) });
  assert.equal(JSON.parse(answer).items.length, 1, answer);
}
