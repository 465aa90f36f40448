import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Application, freePort } from './application.mjs';
import { PackedDocument } from './packed-document.mjs';

/** Follows the README and the guide to testing word by word in an application as `nest new` makes it. */
export const NEST_NEW = {
  'nest-10': (application) => follow(application, 10),
  'nest-11': (application) => follow(application, 11),
  'nest-12': (application) => follow(application, 12, '--no-observe'),
};

const GUIDE = 'docs/guides/testing.md';
/** The errors that an application in CommonJS answers and prints, and the half of the library that it loads. */
const COMMON_JS_SPEC = 'errors.spec.ts';

async function follow(parent, nest, flags = '') {
  const archive = parent.archives['nestjs-dfns-auth'];
  const readme = new PackedDocument(archive, nest);
  const guide = new PackedDocument(archive, nest, GUIDE);
  await parent.run(
    `npx --yes --prefer-offline @nestjs/cli@${nest} new app --skip-git --skip-install --package-manager npm ${flags}`,
  );
  const made = new Application(join(parent.folder, 'app'), parent.archives);
  try {
    for (const line of readme.installLines) await made.install(line);
    for (const { name, text } of readme.files) made.write(join('src', name), text);
    for (const { name, text } of guide.files) made.write(join('src', 'guide', name), text);
    if (nest < 12) made.copy(join('test/fixtures/nest-11', COMMON_JS_SPEC), join('src', COMMON_JS_SPEC));
    await test(made, [...specsOf(readme), ...specsOf(guide), ...(nest < 12 ? [COMMON_JS_SPEC] : [])]);
    if (nest < 12) await made.run('npx tsc --noEmit --skipLibCheck false');
    await serve(made, readme);
    const { version } = JSON.parse(made.read('node_modules/@nestjs/core/package.json'));
    assert.equal(Number.parseInt(version, 10), nest);
    return `Nest ${version}`;
  } finally {
    made.stop();
  }
}

function specsOf(document) {
  const specs = document.files.map(({ name }) => name).filter((name) => name.endsWith('.spec.ts'));
  assert(specs.length > 0, 'a document has no file that the tests of `nest new` would find: NAME.spec.ts');
  return specs;
}

/** `npm test` runs `specs` beside the one that `nest new` made. */
async function test(made, specs) {
  const output = await made.run('npm test');
  for (const name of specs) assert(output.includes(name), `${name} did not run:\n${output}`);
}

/** The local Dfns, the application, and the request that the README makes. */
async function serve(made, readme) {
  const [dfns, own] = [await freePort(), await freePort()];
  await made.start(`${readme.commands('sandbox')} --port ${dfns}`, async (output) => output.includes('DFNS_API_URL'));
  const request = readme.commands('wallets').replaceAll('localhost:3000', `localhost:${own}`);
  const answer = await made.start('npm run start:dev', () => made.run(request), { PORT: String(own) });
  assert.equal(JSON.parse(answer).items.length, 1, answer);
}
