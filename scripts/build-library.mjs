/**
 * Builds the library in the current folder twice: dist/esm (nodenext) and dist/cjs (CommonJS). So Nest 12 (ESM) and
 * Nest 11 in CommonJS, also with Jest, load it without further settings. See docs/decisions.md. If there is a folder
 * `browser`, it becomes one file for browsers in each format: dist/browser/index.js and dist/cjs/browser/index.js.
 *
 * usage: build-library.mjs PATH…   files and folders of the repository that go into the package
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { withAbsoluteLinks } from './absolute-links.mjs';

/** Sources in dist/cjs into which their ESM-only imports are bundled. They hold no state. */
const BUNDLED = ['credentials/elliptic-curves'];

/** Sources with an optional dependency, which they import in a `try`. */
const OPTIONAL = ['telemetry/open-telemetry'];

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
for (const path of process.argv.slice(2)) {
  rmSync(path, { recursive: true, force: true });
  cpSync(join('..', '..', path), path, { recursive: true });
  if (path === 'README.md') writeFileSync(path, withAbsoluteLinks(readFileSync(path, 'utf8'), manifest));
}
rmSync('dist', { recursive: true, force: true });
for (const project of ['tsconfig.lib.json', 'tsconfig.cjs.json']) {
  execFileSync(process.execPath, [tsc, '-p', project], { stdio: 'inherit' });
}
// The commands import what was just built.
if (existsSync('commands')) execFileSync(process.execPath, [tsc, '-p', 'tsconfig.commands.json'], { stdio: 'inherit' });
writeFileSync('dist/cjs/package.json', '{ "type": "commonjs" }\n');
if (existsSync('routes')) {
  // Types alone: at run time the import loads an empty module.
  for (const [format, text] of Object.entries({ esm: 'export {};\n', cjs: '"use strict";\n' })) {
    cpSync('routes', `dist/${format}/routes`, { recursive: true });
    writeFileSync(`dist/${format}/routes/index.js`, text);
  }
}
// The static files of the console of the sandbox are there once. Both builds ask folder.cjs where.
if (existsSync('src/console')) {
  cpSync('src/console', 'dist/esm/console', { recursive: true });
  mkdirSync('dist/cjs/console');
  copyFileSync('src/console/folder.d.cts', 'dist/cjs/console/folder.d.cts');
  writeFileSync('dist/cjs/console/folder.cjs', "module.exports = require('../../esm/console/folder.cjs');\n");
}
for (const source of BUNDLED.filter((name) => existsSync(`src/${name}.ts`))) {
  await build({
    entryPoints: [`src/${source}.ts`],
    outfile: `dist/cjs/${source}.js`,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minify: true,
    legalComments: 'inline',
    logLevel: 'warning',
  });
}
for (const source of OPTIONAL.filter((name) => existsSync(`src/${name}.ts`))) requireInTry(`dist/cjs/${source}.js`);
if (existsSync('browser')) {
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.browser.json'], { stdio: 'inherit' });
  cpSync('dist/browser', 'dist/cjs/browser', { recursive: true });
  await buildBrowserHalf('dist/browser', 'esm', '../esm/');
  await buildBrowserHalf('dist/cjs/browser', 'cjs', '../');
}

/** `library` is the way from `folder` to the declarations of the library; not all settings of TypeScript know `#library`. */
async function buildBrowserHalf(folder, format, library) {
  for (const file of readdirSync(folder)) {
    const declarations = readFileSync(join(folder, file), 'utf8');
    writeFileSync(join(folder, file), declarations.replaceAll("'#library/", `'${library}`));
  }
  await build({
    entryPoints: ['browser/index.ts'],
    outfile: join(folder, 'index.js'),
    bundle: true,
    format,
    target: 'es2020',
    logLevel: 'warning',
  });
}

/** Bundlers accept that a dependency is missing if `require` stands in the `try`; the compiler puts it into a callback. */
function requireInTry(file) {
  const compiled = readFileSync(file, 'utf8');
  const text = compiled.replaceAll(/Promise\.resolve\(\)\.then\(\(\) => __importStar\((require\('[^']+'\))\)\)/g, '$1');
  if (text === compiled) throw new Error(`${file} imports nothing in a try`);
  writeFileSync(file, text);
}
