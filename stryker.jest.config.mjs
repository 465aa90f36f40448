/** The configuration of all tests, narrowed to those that test what is mutated and are quick about it. */
import config from './jest.config.mjs';

const specs = [
  'answers',
  'ceremonies-store',
  'faults-retries',
  'filter',
  'filter-transports',
  'refusals',
  'signers',
  'store',
  'tokens',
  'tokens-refresh',
];

export default {
  ...config,
  testMatch: specs.map((name) => `<rootDir>/libs/dfns-auth/test/${name}.spec.ts`),
  // A mutant that hangs is as dead after ten seconds.
  testTimeout: 10_000,
  reporters: ['default'],
};
