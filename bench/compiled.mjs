import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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
  const markdown = readFileSync(join(ROOT, 'docs', 'guides', guide), 'utf8');
  const text = markdown.split(`\`\`\`ts ${name}\n`)[1]?.split('\n```')[0];
  if (text === undefined) throw new Error(`${guide} has no ${name}`);
  mkdirSync(FOLDER, { recursive: true });
  const file = join(FOLDER, `snippet-${name}`);
  writeFileSync(file, text);
  return compiled(file);
}
