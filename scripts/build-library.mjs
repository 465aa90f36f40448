/**
 * Builds the library in the current folder, for ESM and for CommonJS. So Nest 12 (ESM) and Nest 11 in CommonJS, also with
 * Jest, load it without further settings. See docs/decisions.md.
 *
 * The compiler writes one file for each source to `compiled`, which is not packed. From these files comes `dist`: one
 * file of JavaScript and one of declarations for each format, because each file costs time when an application starts.
 *
 * usage: build-library.mjs PATH…   files and folders of the repository that go into the package
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { withAbsoluteLinks } from './absolute-links.mjs';
import { rolledUp } from './rolled-up-declarations.mjs';

/** The source that imports a package which is ESM only. In CommonJS the package becomes part of a file of its own. */
const CURVES = 'compiled/src/credentials/elliptic-curves.js';
const FORMATS = ['esm', 'cjs'];
/** What `require` gives in Node. Before Nest 12, Node would read all of Nest a second time to find its exports. */
const REQUIRED = `'use strict';
// Nest 12 is ESM: then import and require give one copy. Node loads an older Nest from CommonJS much faster than from ESM.
const { isModuleNamespaceObject } = require('node:util').types;
module.exports = isModuleNamespaceObject(require('@nestjs/common')) ? require('./esm/index.js') : require('./cjs/index.js');
`;
const ROUTES = `import type { RouteTable } from '../../cjs/routes/table.js';

declare module 'nestjs-dfns-auth' {
  interface DfnsRoutes extends RouteTable {}
}
`;

/** Leaves the import of a file as it is, and says where the file is. */
const apart = (filter, path) => ({
  name: path,
  setup: ({ onResolve }) => onResolve({ filter }, () => ({ path, external: true })),
});
/** Both formats load it. */
const consoleFolder = apart(/\/folder\.cjs$/, '../console/folder.cjs');
const curves = apart(/\/elliptic-curves\.js$/, './elliptic-curves.cjs');

/** Bundlers accept that an optional package is missing if its `require` stands in a `try`. */
const requiresInTry = {
  name: 'requires in try',
  setup: ({ onLoad }) =>
    onLoad({ filter: /open-telemetry\.js$/ }, ({ path }) => {
      const contents = readFileSync(path, 'utf8').replace(/await import\(('[^']+')\)/, 'require($1)');
      if (!contents.includes('require(')) throw new Error(`${path} imports nothing in a try`);
      return { contents };
    }),
};

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const manifest = JSON.parse(readFileSync('package.json', 'utf8'));

for (const path of process.argv.slice(2)) {
  rmSync(path, { recursive: true, force: true });
  cpSync(join('..', '..', path), path, { recursive: true });
  if (path === 'README.md') writeFileSync(path, withAbsoluteLinks(readFileSync(path, 'utf8'), manifest));
}
for (const folder of ['compiled', 'dist']) rmSync(folder, { recursive: true, force: true });
// Editors show the comments of the declarations, so the JavaScript needs none.
compile('tsconfig.lib.json', '--emitDeclarationOnly');
compile('tsconfig.lib.json', '--declaration', 'false', '--removeComments', '--noCheck');
await buildLibrary();
if (existsSync(CURVES)) await buildCurves();
if (existsSync('commands')) await buildCommands();
if (existsSync('browser')) await buildBrowserHalf();
if (existsSync('routes')) buildRoutes();
// The static files of the console of the sandbox.
if (existsSync('src/console')) cpSync('src/console', 'dist/console', { recursive: true });

function compile(project, ...flags) {
  execFileSync(process.execPath, [tsc, '-p', project, ...flags], { stdio: 'inherit' });
}

function bundle(options) {
  return build({ bundle: true, logLevel: 'warning', ...options });
}

/** Packages that are not declared, such as the helpers of the compiler, become part of the file. */
async function bundleForNode(outdir, format, entryPoints, external = []) {
  const { dependencies, peerDependencies } = manifest;
  const { outputFiles } = await bundle({
    entryPoints,
    outdir,
    write: false,
    format,
    platform: 'node',
    target: 'node20',
    splitting: format === 'esm',
    chunkNames: '[name]-[hash]',
    external: [...Object.keys({ ...dependencies, ...peerDependencies }), ...external],
    plugins: format === 'cjs' ? [consoleFolder, curves, requiresInTry] : [consoleFolder],
  });
  mkdirSync(outdir, { recursive: true });
  for (const { path, text } of outputFiles) writeFileSync(path, withClassNames(text));
}

/** esbuild gives some classes another name inside themselves, and that is the name which Nest and OpenAPI see. */
function withClassNames(text) {
  const renamed = [...text.matchAll(/^var (\w+) = (?:\w+ = )?class (_\1|\1\d+) /gm)];
  return renamed.reduce((all, [, name, other]) => all.replaceAll(new RegExp(`\\b${other}\\b`, 'g'), name), text);
}

async function buildLibrary() {
  const declarations = rolledUp('compiled/src/index.d.ts', 'tsconfig.lib.json');
  const command = 'compiled/src/command-line/command.js';
  for (const format of FORMATS) {
    const program = format === 'esm' && existsSync(command) ? { command } : {};
    await bundleForNode(`dist/${format}`, format, { index: 'compiled/src/index.js', ...program });
    writeFileSync(`dist/${format}/index.d.ts`, declarations);
  }
  writeFileSync('dist/cjs/package.json', '{ "type": "commonjs" }\n');
  writeFileSync('dist/required.cjs', REQUIRED);
}

function buildCurves() {
  return bundle({
    entryPoints: [CURVES],
    outfile: 'dist/cjs/elliptic-curves.cjs',
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    minify: true,
    legalComments: 'inline',
  });
}

/** The commands load the library only if they need it, and have their own copy of the few parts of its inside. */
function buildCommands() {
  return bundleForNode('dist/commands', 'esm', { run: 'compiled/commands/run.js' }, [manifest.name]);
}

async function buildBrowserHalf() {
  compile('tsconfig.browser.json');
  for (const [format, folder] of Object.entries({ esm: 'dist/browser', cjs: 'dist/cjs/browser' })) {
    await bundle({ entryPoints: ['browser/index.ts'], outfile: join(folder, 'index.js'), format, target: 'es2020' });
  }
  // An ESM file may name the types of a CommonJS file, but not the other way round.
  writeFileSync('dist/cjs/browser/index.d.ts', rolledUp('compiled/browser/index.d.ts', 'tsconfig.browser.json'));
  writeFileSync('dist/browser/index.d.ts', "export * from '../cjs/browser/index.js';\n");
}

/** Types alone: at run time the import loads an empty module. Each format adds the same routes to its own library. */
function buildRoutes() {
  const [, types, members] = /([\s\S]*)declare module .* \{\n {2}interface DfnsRoutes (\{[\s\S]*\})\n\}/.exec(
    readFileSync('routes/index.d.ts', 'utf8'),
  );
  for (const [format, text] of Object.entries({ esm: 'export {};\n', cjs: '"use strict";\n' })) {
    mkdirSync(`dist/${format}/routes`);
    writeFileSync(`dist/${format}/routes/index.js`, text);
    writeFileSync(`dist/${format}/routes/index.d.ts`, ROUTES);
  }
  writeFileSync('dist/cjs/routes/table.d.ts', `${types}export interface RouteTable ${members}\n`);
}
