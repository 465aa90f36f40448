import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { securityHeaders } from './security-headers.middleware.js';

const PAGE = fileURLToPath(new URL('../../public', import.meta.url));
const WEBAUTHN = join(dirname(createRequire(import.meta.url).resolve('@simplewebauthn/browser')), '..', 'esm');

/** Serves the page, and the WebAuthn library that it imports. */
export function servePage(app: NestExpressApplication): void {
  app.use(securityHeaders);
  app.useStaticAssets(PAGE);
  app.useStaticAssets(WEBAUTHN, { prefix: '/simplewebauthn/', index: false });
}
