/**
 * Tests the packed archives of both libraries in real applications, outside the repository. Each application is a cell:
 * it is made in a temporary folder, installed from the npm registry, and run. Build the libraries first.
 *
 * usage: test-applications.mjs [CELL…]   all cells if none is named; --list prints their names
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Application } from './applications/application.mjs';
import { BUNDLES } from './applications/bundles.mjs';
import { DECLARATIONS } from './applications/declarations.mjs';
import { EXAMPLES } from './applications/examples.mjs';
import { NEST_NEW } from './applications/nest-new.mjs';
import { pack } from './applications/packing.mjs';
import { RUNTIMES } from './applications/runtimes.mjs';

/** Name → function that gets an {@link Application} and throws if something is wrong. */
const CELLS = { ...NEST_NEW, ...EXAMPLES, ...BUNDLES, ...DECLARATIONS, ...RUNTIMES };
/** Cells at the same time. */
const LANES = 2;

const names = process.argv.slice(2);
const unknown = names.filter((name) => !(name in CELLS));
if (unknown.length > 0) {
  console.log(Object.keys(CELLS).join('\n'));
  process.exit(unknown.join() === '--list' ? 0 : 1);
}

const root = mkdtempSync(join(tmpdir(), 'dfns-applications-'));
const waiting = names.length > 0 ? names : Object.keys(CELLS);
const failed = [];
const count = waiting.length;

async function lane(archives) {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    const began = Date.now();
    const folder = join(root, name);
    mkdirSync(folder);
    const application = new Application(folder, archives);
    try {
      const result = await CELLS[name](application);
      console.log(`ok      ${name} (${Math.round((Date.now() - began) / 1000)} s)${result ? `: ${result}` : ''}`);
    } catch (error) {
      failed.push(name);
      console.log(`FAILED  ${name}\n${error.stack}`);
    } finally {
      application.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

try {
  const archives = pack(root);
  await Promise.all(Array.from({ length: LANES }, () => lane(archives)));
} finally {
  rmSync(root, { recursive: true, force: true });
}
console.log(`${count - failed.length} passed, ${failed.length} failed`);
process.exitCode = failed.length > 0 ? 1 : 0;
