import { Module } from '@nestjs/common';
import { DfnsConnection } from './dfns-connection.js';

@Module({ providers: [DfnsConnection], exports: [DfnsConnection] })
export class DfnsConnectionModule {}
