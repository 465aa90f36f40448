import fastifyCookie from '@fastify/cookie';
import fastifySession from '@fastify/session';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

declare module 'fastify' {
  interface Session {
    username?: string;
  }
}

/** Each person has a session, in a cookie. In production also set `store`, and leave `secure` out. */
export async function withSessions(app: NestFastifyApplication, secret: string): Promise<void> {
  await app.register(fastifyCookie);
  await app.register(fastifySession, { secret, cookie: { httpOnly: true, sameSite: 'lax', secure: false } });
}
