import { Controller, Get, UseGuards } from '@nestjs/common';
import { DfnsClient, DfnsUserGuard, DfnsUsername } from 'nestjs-dfns-auth';
import { JwtGuard } from './jwt.guard.js';

@Controller('wallets')
@UseGuards(JwtGuard, DfnsUserGuard)
export class WalletsController {
  constructor(private readonly dfns: DfnsClient) {}

  @Get()
  list(@DfnsUsername() username: string) {
    return this.dfns.request({ method: 'GET', path: '/wallets', caller: { username } });
  }
}
