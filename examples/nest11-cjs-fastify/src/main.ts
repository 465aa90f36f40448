import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module';
import { withSessions } from './sessions';

async function main() {
  const app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter());
  await withSessions(app, process.env['SESSION_SECRET'] ?? '');
  await app.listen(process.env['PORT'] ?? 3000);
}

void main();
