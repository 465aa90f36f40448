import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { DfnsHttpAnswer } from 'nestjs-dfns-auth';

const DESCRIPTION = `
Requests need the session cookie of \`POST /session\`. Requests that write need the header \`X-Requested-With: fetch\`.
`.trim();

/** Describes the routes of the application. The routes of the demonstration are left out: they are for its page only. */
export function createOpenApi(app: INestApplication): OpenAPIObject {
  const document = new DocumentBuilder()
    .setTitle('A bank with Dfns wallets')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .addCookieAuth('sid')
    .addGlobalResponse({ status: '5XX', description: 'Dfns, or this server, failed', type: DfnsHttpAnswer })
    .build();
  return SwaggerModule.createDocument(app, document);
}

/** Serves the document at `/openapi.json`, without a user interface. */
export function serveOpenApi(app: INestApplication): void {
  SwaggerModule.setup('openapi', app, () => createOpenApi(app), {
    ui: false,
    raw: ['json'],
    jsonDocumentUrl: 'openapi.json',
  });
}
