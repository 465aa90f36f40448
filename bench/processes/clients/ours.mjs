import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DelegatedAuthService, DfnsAuthModule } from 'nestjs-dfns-auth';

/** A Nest application with this library. `more` are options of the module. */
export async function createContext({ url, orgId, authToken, credId, privateKey }, more = {}) {
  const serviceAccount = { authToken, credential: { credId, privateKey } };
  const registration = DfnsAuthModule.forRoot({ baseUrl: url, orgId, serviceAccount, ...more });
  class Application {}
  Module({ imports: [registration] })(Application);
  return NestFactory.createApplicationContext(Application, { logger: ['error'] });
}

export async function createService(account, more) {
  return (await createContext(account, more)).get(DelegatedAuthService, { strict: false });
}

/** Logs in each time: no token comes from the cache. */
export async function createClient(account) {
  const service = await createService(account);
  return async (username) => (await service.login({ username })).token;
}
