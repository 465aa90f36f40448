import { type ExecutionContext, Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { APP_FILTER } from '@nestjs/core';
import { DfnsAuthModule, type DfnsAuthModuleOptions, DfnsExceptionFilter, dfnsAuthConfig } from 'nestjs-dfns-auth';
import { SessionController } from './session.controller';
import { WalletsController } from './wallets.controller';

const identity = (context: ExecutionContext) => context.switchToHttp().getRequest().session?.username;

@Module({
  imports: [
    ConfigModule.forRoot(),
    DfnsAuthModule.forRootAsync({
      imports: [ConfigModule.forFeature(dfnsAuthConfig)],
      inject: [dfnsAuthConfig.KEY],
      useFactory: (options: DfnsAuthModuleOptions) => ({ ...options, identity }),
    }),
  ],
  controllers: [SessionController, WalletsController],
  providers: [{ provide: APP_FILTER, useClass: DfnsExceptionFilter }],
})
export class AppModule {}
