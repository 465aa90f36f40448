import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { APP_FILTER } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { DfnsAuthModule, DfnsExceptionFilter, dfnsAuthConfig } from 'nestjs-dfns-auth';
import { shared } from './dfns.options.js';
import { WalletsController } from './wallets.controller.js';

@Module({
  imports: [
    ConfigModule.forRoot(),
    DfnsAuthModule.forRootAsync({
      imports: [ConfigModule.forFeature(dfnsAuthConfig)],
      inject: [dfnsAuthConfig.KEY],
      useFactory: shared,
    }),
    JwtModule.registerAsync({ useFactory: () => ({ secret: process.env['JWT_SECRET'] ?? '' }) }),
  ],
  controllers: [WalletsController],
  providers: [{ provide: APP_FILTER, useClass: DfnsExceptionFilter }],
})
export class AppModule {}
