import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { DfnsAuthModule, DfnsExceptionFilter } from 'nestjs-dfns-auth';
import { AccountsModule } from './accounts/accounts.module.js';
import { ActionsController } from './actions/actions.controller.js';
import { CredentialsController } from './credentials/credentials.controller.js';
import { DemonstrationController } from './demonstration/demonstration.controller.js';
import { RequestTrace } from './demonstration/request-trace.js';
import { DemoAccount } from './dfns/demo-account.js';
import { DfnsConnection } from './dfns/dfns-connection.js';
import { DfnsConnectionModule } from './dfns/dfns-connection.module.js';
import { MeController } from './me/me.controller.js';
import { RecoveryController } from './recovery/recovery.controller.js';
import { RegistrationController } from './registration/registration.controller.js';
import { SameOriginGuard } from './session/same-origin.guard.js';
import { SamePersonGuard } from './session/same-person.guard.js';
import { SessionController } from './session/session.controller.js';
import { TransfersController } from './wallets/transfers.controller.js';
import { WalletsController } from './wallets/wallets.controller.js';

@Module({
  imports: [
    ConfigModule.forRoot({ isGlobal: true }),
    DfnsConnectionModule,
    DfnsAuthModule.forRootAsync({ isGlobal: true, imports: [DfnsConnectionModule], useExisting: DfnsConnection }),
    AccountsModule,
  ],
  controllers: [
    SessionController,
    MeController,
    RegistrationController,
    RecoveryController,
    CredentialsController,
    WalletsController,
    TransfersController,
    ActionsController,
    DemonstrationController,
  ],
  providers: [
    DemoAccount,
    RequestTrace,
    { provide: APP_FILTER, useFactory: () => new DfnsExceptionFilter() },
    { provide: APP_GUARD, useClass: SameOriginGuard },
    { provide: APP_GUARD, useClass: SamePersonGuard },
  ],
})
export class AppModule {}
