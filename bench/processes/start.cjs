/** Loads the peers and perhaps the library, and starts an application context. Prints how long that took, in ms. */
const { options, format, library } = JSON.parse(process.argv[2]);

const PEERS = [
  'reflect-metadata',
  'rxjs',
  'axios',
  'class-transformer',
  'class-validator',
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/axios',
  '@nestjs/config',
];

const load = format === 'import' ? (name) => import(name) : async (name) => require(name);

async function main() {
  const beganAt = performance.now();
  for (const name of PEERS) await load(name);
  const peersAt = performance.now();
  const { DfnsAuthModule } = library ? await load(library) : {};
  const importedAt = performance.now();
  const { Module } = await load('@nestjs/common');
  const { NestFactory } = await load('@nestjs/core');
  class Application {}
  Module({ imports: DfnsAuthModule ? [DfnsAuthModule.forRoot(options)] : [] })(Application);
  const startedAt = performance.now();
  const context = await NestFactory.createApplicationContext(Application, { logger: false });
  const readyAt = performance.now();
  await context.close();
  console.log(
    JSON.stringify({ import: importedAt - beganAt, library: importedAt - peersAt, start: readyAt - startedAt }),
  );
}

main();
