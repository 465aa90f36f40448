import assert from 'node:assert/strict';

const DEPENDENCIES =
  'npm install nestjs-dfns-auth @nestjs/common@11 @nestjs/core@11 @nestjs/platform-express@11 @nestjs/axios@4 ' +
  '@nestjs/config@4 axios class-validator class-transformer reflect-metadata rxjs';
/** What Nest itself loads only if it is there. An application that bundles Nest has to leave these out. */
const OF_NEST = [
  '@nestjs/microservices',
  '@nestjs/microservices/microservices-module',
  '@nestjs/websockets/socket-module',
  'file-type',
];
/** What this package and Nest may use, and what this application does not have. */
const ABSENT = ['@opentelemetry/api', 'keyv', '@nestjs/swagger'];

/** Minified bundles without the optional peers: they build and run, and nothing in them depends on the name of a class. */
export const BUNDLES = {
  'bundles-esbuild': async (application) => {
    await prepare(application, 'esbuild');
    for (const format of ['cjs', 'esm']) {
      application.write('build.mjs', ESBUILD(format));
      await check(application, format);
    }
  },
  'bundles-rspack': async (application) => {
    await prepare(application, '@rspack/core');
    for (const format of ['cjs', 'esm']) {
      application.write('build.mjs', RSPACK(format));
      await check(application, format);
    }
  },
};

async function prepare(application, bundler) {
  application.write('package.json', { private: true });
  await application.install(DEPENDENCIES);
  // TypeScript compiles, because esbuild writes no metadata of decorators.
  await application.install(`npm install --save-dev dfns-sandbox ${bundler} typescript@5.9 @types/node@20`);
  application.copy('test/fixtures/bundle');
  // A bundler takes the half of the library that the compiled application asks for.
  const options =
    '--experimentalDecorators --emitDecoratorMetadata --strict --skipLibCheck --target es2022 --types node';
  await application.run(`npx tsc main.ts ${options} --module commonjs --moduleResolution node10 --outDir source/cjs`);
  await application.run(`npx tsc main.ts ${options} --module esnext --moduleResolution bundler --outDir source/esm`);
  const missing = ABSENT.map((name) => `try { require.resolve('${name}'); process.exit(1); } catch {}`).join('');
  await application.run(`node -e "${missing}"`);
}

async function check(application, format) {
  await application.run('node build.mjs');
  const file = format === 'cjs' ? 'bundle.cjs' : 'bundle.mjs';
  // Away from node_modules: the bundle must hold all that it needs.
  application.copy(application.path('out', file), `elsewhere/${file}`);
  const output = await application.run(`node serve.mjs elsewhere/${file}`);
  const seen = JSON.parse(output.trim().split('\n').at(-1));
  const { statusCode, code, message } = seen.answer;
  assert.deepEqual(
    { ...seen, answer: { statusCode, code, message } },
    {
      services: { users: ['bob'], wallets: 1, kinds: [true, true, true] },
      error: { name: 'DfnsApiError', code: 'DFNS_USER_NOT_FOUND' },
      answer: { statusCode: 404, code: 'DFNS_USER_NOT_FOUND', message: 'There is no wallet user.' },
      contexts: ['DfnsExceptionFilter'],
    },
  );
}

const ESBUILD = (format) => `
import { build } from 'esbuild';
const banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
await build({
  entryPoints: ['source/${format}/main.js'], bundle: true, minify: true, platform: 'node', target: 'node20', format: '${format}',
  outfile: 'out/bundle.${format === 'cjs' ? 'cjs' : 'mjs'}', external: ${JSON.stringify(OF_NEST)},
  ${format === 'esm' ? 'banner: { js: banner },' : ''}
});`;

const RSPACK = (format) => `
import { rspack } from '@rspack/core';
const stats = await new Promise((done, fail) => rspack({
  mode: 'production', target: 'node', entry: './source/${format}/main.js', context: process.cwd(),
  experiments: { outputModule: ${format === 'esm'} },
  externalsPresets: { node: true },
  externals: Object.fromEntries(${JSON.stringify(OF_NEST)}.map((name) => [name, '${format === 'cjs' ? 'commonjs' : 'node-commonjs'} ' + name])),
  output: { path: process.cwd() + '/out', filename: 'bundle.${format === 'cjs' ? 'cjs' : 'mjs'}', ${format === 'esm' ? "module: true, chunkFormat: 'module', library: { type: 'module' }" : "library: { type: 'commonjs2' }"} },
}, (error, result) => (error ? fail(error) : done(result))));
console.log(stats.toString({ colors: false, errorDetails: true }));
process.exit(stats.hasErrors() ? 1 : 0);`;
