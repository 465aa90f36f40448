/** The tests that need a browser, a compiler or a packed archive: `npm run test:e2e`. */
import config from './jest.config.mjs';

/** Two workers: each browser has several processes of its own. */
export default { ...config, testMatch: ['**/*.e2e-spec.ts'], maxWorkers: 2 };
