import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = join(ROOT, 'artifacts', 'bench');

/** Compiles a TypeScript file of this repository. Returns the path of the JavaScript. */
export async function compiled(file) {
  const outfile = join(FOLDER, `${basename(file, '.ts')}.mjs`);
  const format = { bundle: true, platform: 'node', packages: 'external', format: 'esm' };
  await build({ entryPoints: [resolve(ROOT, file)], outfile, ...format });
  return outfile;
}

/** Compiles a snippet of a guide: what is measured is what the guide shows. Returns the path of the JavaScript. */
export async function compiledSnippet(guide, name) {
  const { writeSnippets } = await import(await compiled('test/support/snippets.ts'));
  const folder = join(FOLDER, 'snippets');
  writeSnippets(join(ROOT, 'docs', 'guides', guide), folder);
  return compiled(join(folder, name));
}
