/** One group of scripts/mutation.mjs, which names the changed files and the specs that must notice. */
export default {
  plugins: ['@stryker-mutator/jest-runner'],
  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  jest: { projectType: 'custom', configFile: 'stryker.jest.config.mjs', enableFindRelatedTests: false },
  coverageAnalysis: 'perTest',
  mutate: process.env.MUTATED?.split(',') ?? [],
  concurrency: 2,
  timeoutMS: 10_000,
  reporters: ['clear-text', 'json'],
  jsonReporter: { fileName: process.env.MUTATION_REPORT ?? '.stryker-tmp/mutation.json' },
  clearTextReporter: { allowColor: false, reportTests: false, reportScoreTable: false },
  tempDirName: '.stryker-tmp',
  ignorePatterns: ['dist', 'libs/*/dist', 'libs/*/compiled', 'bench', 'docs'],
};
