import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DelegatedAuthService, DfnsAuthModule } from 'nestjs-dfns-auth';

/** The service of this library, in a Nest application. `more` are options of the module. */
export async function createService({ url, orgId, authToken, credId, privateKey }, more = {}) {
  const serviceAccount = { authToken, credential: { credId, privateKey } };
  const registration = DfnsAuthModule.forRoot({ baseUrl: url, orgId, serviceAccount, ...more });
  class Application {}
  Module({ imports: [registration] })(Application);
  const context = await NestFactory.createApplicationContext(Application, { logger: ['error'] });
  return context.get(DelegatedAuthService, { strict: false });
}

/** Logs in each time: no token comes from the cache. */
export async function createClient(account) {
  const service = await createService(account);
  return async (username) => (await service.login({ username })).token;
}
