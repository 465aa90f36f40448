/** Tests run on the sources of both libraries; test/package.e2e-spec.ts covers what is built and packed. */
const swc = {
  jsc: {
    target: 'es2022',
    keepClassNames: true,
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
  },
  module: { type: 'es6' },
  sourceMaps: 'inline',
};

export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/libs', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  // Specs that are copied into other applications.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/fixtures/'],
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/libs/[^/]+/dist', '<rootDir>/.stryker-tmp'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^nestjs-dfns-auth$': '<rootDir>/libs/dfns-auth/src/index.ts',
    '^dfns-sandbox$': '<rootDir>/libs/dfns-sandbox/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
  testTimeout: 20_000,
  // One more than the two cores of CI: many tests wait for an answer or a deadline.
  maxWorkers: 3,
  // Jest keeps memory of each file that a worker has run. Above this a worker is replaced, which also makes it faster.
  workerIdleMemoryLimit: '600MB',
  // Each run has another order. It prints its seed: `npm test -- --seed=…` repeats the order.
  randomize: true,
  testSequencer: '<rootDir>/test/support/shuffled-files.mjs',
  reporters: ['default', '<rootDir>/test/secret-scan/reporter.mjs'],
};
