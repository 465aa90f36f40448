/** The tests that need a browser, a compiler or a packed archive: `npm run test:e2e`. */
import config from './jest.config.mjs';

export default { ...config, testMatch: ['**/*.e2e-spec.ts'] };
