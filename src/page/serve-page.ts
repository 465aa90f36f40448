import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { securityHeaders } from './security-headers.middleware.js';
import { serverStart } from './server-start.middleware.js';

const PAGE = fileURLToPath(new URL('../../public', import.meta.url));
const BROWSER_HALF = dirname(createRequire(import.meta.url).resolve('nestjs-dfns-auth/browser'));

/** Serves the page, and the browser's half of the library that it imports. */
export function servePage(app: NestExpressApplication): void {
  app.use(securityHeaders, serverStart());
  app.useStaticAssets(PAGE);
  app.useStaticAssets(BROWSER_HALF, { prefix: '/dfns-browser/', index: false });
}
