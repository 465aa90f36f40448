/** The configuration of all tests, with only the specs of one group of scripts/mutation.mjs. */
import config from './jest.config.mjs';

export default {
  ...config,
  testMatch: (process.env.MUTATION_SPECS ?? '')
    .split(',')
    .map((name) => `<rootDir>/libs/dfns-auth/test/${name}.spec.ts`),
  // Ten seconds are enough to detect a mutant that hangs.
  testTimeout: 10_000,
  reporters: ['default'],
  randomize: false,
  testSequencer: undefined,
};
