import { Body, Controller, Post, Req, UnauthorizedException } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** Your own login. This one knows one person. */
@Controller('session')
export class SessionController {
  @Post()
  logIn(@Req() request: FastifyRequest, @Body() { email, password }: { email: string; password: string }) {
    if (email !== 'ada@example.test' || password !== 'secret') throw new UnauthorizedException();
    request.session.username = email;
    return { email };
  }
}
