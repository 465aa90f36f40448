import { Application } from './application.mjs';

const COMPILERS = ['5.4', '5.9', '6.0', '7'];

/** `module` and `moduleResolution` of the compiler, and the format of the application. */
const SETTINGS = [
  ['commonjs', 'node10', 'commonjs'],
  ['node16', 'node16', 'commonjs'],
  ['node16', 'node16', 'module'],
  ['nodenext', 'nodenext', 'commonjs'],
  ['nodenext', 'nodenext', 'module'],
  ['esnext', 'bundler', 'module'],
];

/** The declarations of both packages, with the strictest rules and without `skipLibCheck`. */
export const DECLARATIONS = {
  'types-nest-11': (application) => compileAll(application, '@4', '@11', () => true),
  // Nest 12 is ESM only. CommonJS can import it from TypeScript 5.8, with `nodenext`.
  'types-nest-12': (application) =>
    compileAll(application, '', '@12', (compiler, resolution, type) => {
      return type === 'module' || resolution === 'node10' || (resolution === 'nodenext' && Number(compiler) > 5.7);
    }),
};

async function compileAll(application, own, nest, fits) {
  application.write('package.json', { private: true });
  await application.install(
    `npm install nestjs-dfns-auth dfns-sandbox @nestjs/common${nest} @nestjs/core${nest} @nestjs/platform-express${nest} ` +
      `@nestjs/axios${own} @nestjs/config${own} axios class-validator class-transformer reflect-metadata rxjs ` +
      // The newest types of Node need a newer TypeScript than 5.4.
      `@dfns/sdk@0.8 @types/node@20 ${COMPILERS.map((version) => `ts-${version}@npm:typescript@${version}`).join(' ')}`,
  );
  let count = 0;
  for (const compiler of COMPILERS) {
    for (const [module, moduleResolution, type] of SETTINGS) {
      const exists = moduleResolution !== 'node10' || compiler !== '7';
      if (!exists || !fits(compiler, moduleResolution, type)) continue;
      await compile(application, compiler, { module, moduleResolution }, type);
      count += 1;
    }
  }
  return `${count} combinations`;
}

async function compile(application, compiler, resolution, type) {
  const consumer = new Application(application.path('consumer'), {});
  const compilerOptions = {
    ...resolution,
    target: 'es2022',
    lib: ['es2022', 'dom'],
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    esModuleInterop: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    resolveJsonModule: true,
    noEmit: true,
    ...(compiler === '6.0' && resolution.moduleResolution === 'node10' && { ignoreDeprecations: '6.0' }),
  };
  application.copy('test/fixtures/types', 'consumer');
  consumer.write('package.json', { type });
  consumer.write('tsconfig.json', { compilerOptions, include: ['*.ts'] });
  await consumer.run(`node ../node_modules/ts-${compiler}/bin/tsc --pretty false`).catch((error) => {
    throw new Error(`TypeScript ${compiler}, ${resolution.moduleResolution}, ${type}: ${error.message}`);
  });
}
