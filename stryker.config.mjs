/** Mutation testing of what decides: `npm run mutation`. The score and the survivors are explained in docs/mutation.md. */
const src = 'libs/dfns-auth/src';

export default {
  plugins: ['@stryker-mutator/jest-runner'],
  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  jest: { projectType: 'custom', configFile: 'stryker.jest.config.mjs', enableFindRelatedTests: false },
  coverageAnalysis: 'perTest',
  // What runs once, when a file is loaded, would need every test each time; docs/mutation.md says what pins it instead.
  ignoreStatic: true,
  mutate: [
    `${src}/errors/*.ts`,
    `${src}/edge/dfns-exception.filter.ts`,
    `${src}/edge/http-answers.ts`,
    `${src}/client/answer.ts`,
    `${src}/client/refusal.ts`,
    `${src}/client/retry-policy.ts`,
    `${src}/client/outage-breaker.ts`,
    `${src}/tokens/token-lifetime.ts`,
    `${src}/tokens/stored-tokens.ts:110-112`,
    `${src}/ceremonies/memory-ceremony.store.ts`,
    `${src}/ceremonies/open-ceremonies.ts`,
    `${src}/credentials/private-key.ts`,
  ],
  concurrency: 2,
  timeoutMS: 10_000,
  thresholds: { high: 95, low: 90, break: 90 },
  reporters: ['clear-text', 'progress-append-only', 'json'],
  jsonReporter: { fileName: '.stryker-tmp/mutation.json' },
  clearTextReporter: { allowColor: false, reportTests: false },
  tempDirName: '.stryker-tmp',
  ignorePatterns: ['dist', 'libs/*/dist', 'bench', 'docs'],
};
