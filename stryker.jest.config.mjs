/** The configuration of all tests, narrowed to the specs of a group of scripts/mutation.mjs. */
import config from './jest.config.mjs';

export default {
  ...config,
  testMatch: (process.env.MUTATION_SPECS ?? '')
    .split(',')
    .map((name) => `<rootDir>/libs/dfns-auth/test/${name}.spec.ts`),
  // A mutant that hangs is as dead after ten seconds.
  testTimeout: 10_000,
  reporters: ['default'],
};
