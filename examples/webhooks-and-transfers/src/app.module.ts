import { type ExecutionContext, Module, ValidationPipe } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { DfnsAuthModule, type DfnsAuthModuleOptions, DfnsExceptionFilter, dfnsAuthConfig } from 'nestjs-dfns-auth';
import { EventsController } from './events.controller.js';
import { Ledger } from './ledger.js';
import { TransfersController } from './transfers.controller.js';

/** Who is logged in. Read your session or your access token here; this example believes a header. */
const identity = (context: ExecutionContext): string | undefined =>
  context.switchToHttp().getRequest().headers['x-demo-user'];

@Module({
  imports: [
    ConfigModule.forRoot(),
    DfnsAuthModule.forRootAsync({
      imports: [ConfigModule.forFeature(dfnsAuthConfig)],
      inject: [dfnsAuthConfig.KEY],
      useFactory: (options: DfnsAuthModuleOptions) => ({ ...options, identity }),
    }),
  ],
  controllers: [EventsController, TransfersController],
  providers: [
    Ledger,
    { provide: APP_FILTER, useClass: DfnsExceptionFilter },
    {
      provide: APP_PIPE,
      useValue: new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true }),
    },
  ],
})
export class AppModule {}
