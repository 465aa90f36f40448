import 'reflect-metadata';
import { Controller, Get, Module, Req, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DfnsUserGuard, DfnsUsername } from 'nestjs-dfns-auth';

/** Who is logged in: the login of the application is not measured. */
export const usernameOf = (request) => request.headers['x-user'];

/** A guard as an application without this library has it. */
export class OwnGuard {
  canActivate(context) {
    const request = context.switchToHttp().getRequest();
    request.username = usernameOf(request);
    return request.username !== undefined;
  }
}

/**
 * Starts a Nest application with Express and the route `GET /wallets`.
 *
 * @param list reads the wallets of a user; gets the username and the application
 * @param isOurs whether the route has the guard and the decorator of this library, or {@link OwnGuard}
 */
export async function listen(list, { imports = [], isOurs = false } = {}) {
  let app;
  class Wallets {
    list(who) {
      return list(isOurs ? who : who.username, app);
    }
  }
  const method = Object.getOwnPropertyDescriptor(Wallets.prototype, 'list');
  Controller('wallets')(Wallets);
  Get()(Wallets.prototype, 'list', method);
  UseGuards(isOurs ? DfnsUserGuard : OwnGuard)(Wallets);
  (isOurs ? DfnsUsername() : Req())(Wallets.prototype, 'list', 0);
  class Application {}
  Module({ imports, controllers: [Wallets] })(Application);
  app = await NestFactory.create(Application, { logger: ['error'] });
  await app.listen(0, '127.0.0.1');
  return { port: app.getHttpServer().address().port, app };
}
