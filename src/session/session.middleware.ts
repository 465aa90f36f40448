import { randomBytes } from 'node:crypto';
import type { RequestHandler } from 'express';
import session from 'express-session';

const ONE_HOUR_MS = 3_600_000;

declare module 'express-session' {
  interface SessionData {
    email: string;
    /** The user's name at Dfns. */
    username: string;
  }
}

/** The sessions of this application, in memory. In production, use a store and set `SESSION_SECRET`. */
export function sessionMiddleware(): RequestHandler {
  return session({
    name: 'sid',
    secret: process.env['SESSION_SECRET'] ?? randomBytes(32).toString('hex'),
    resave: false,
    saveUninitialized: false,
    cookie: { httpOnly: true, sameSite: 'strict', secure: 'auto', maxAge: ONE_HOUR_MS },
  });
}
