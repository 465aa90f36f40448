/**
 * An application in its own process, with the built package: it logs a user in, and prints the result. Its options and
 * the name of the user are in the variable LOGIN.
 */
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { DelegatedAuthService, DfnsAuthModule } from 'nestjs-dfns-auth';

const { options, username } = JSON.parse(process.env['LOGIN']);
const context = await NestFactory.createApplicationContext(DfnsAuthModule.forRoot(options), { logger: false });
const service = context.get(DelegatedAuthService);
const result = await service.login({ username }).then(
  ({ token }) => ({ parts: token.split('.').length }),
  ({ code, message, mayHaveHappened }) => ({ code, message, mayHaveHappened }),
);
process.stdout.write(JSON.stringify(result));
await context.close();
