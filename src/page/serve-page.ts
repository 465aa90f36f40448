import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { securityHeaders } from './security-headers.middleware.js';
import { serverStart } from './server-start.middleware.js';

const PAGE = fileURLToPath(new URL('../../public', import.meta.url));
const LIBRARY = dirname(createRequire(import.meta.url).resolve('nestjs-dfns-auth/package.json'));
/** The ESM file: `require.resolve` of the entry would find the CommonJS one. */
const BROWSER_HALF = join(LIBRARY, 'dist', 'browser');

/** Serves the page, and the browser's half of the library that it imports. */
export function servePage(app: NestExpressApplication): void {
  app.use(securityHeaders, serverStart());
  app.useStaticAssets(PAGE);
  app.useStaticAssets(BROWSER_HALF, { prefix: '/dfns-browser/', index: false });
}
