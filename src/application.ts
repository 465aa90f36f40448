import { type NestApplicationOptions, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import { RequestTrace } from './demonstration/request-trace.js';
import { DfnsConnection } from './dfns/dfns-connection.js';
import { serveOpenApi } from './openapi/serve-openapi.js';
import { servePage } from './page/serve-page.js';
import { sessionMiddleware } from './session/session.middleware.js';

/** Creates the application. It does not listen yet. */
export async function createApplication(options: NestApplicationOptions = {}): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule, options);
  app.disable('x-powered-by');
  servePage(app);
  if (app.get(DfnsConnection).isLocal) app.use(app.get(RequestTrace).middleware);
  app.use(sessionMiddleware());
  app.useGlobalPipes(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true }));
  serveOpenApi(app);
  return app;
}
