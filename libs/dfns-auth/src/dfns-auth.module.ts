import { HttpService } from '@nestjs/axios';
import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { ApiCalls } from './api/api-calls.js';
import { DfnsClient } from './api/dfns.client.js';
import { CeremonyRows } from './ceremonies/ceremony-rows.js';
import { CredentialCeremony } from './ceremonies/credential.ceremony.js';
import { DelegatedCeremonies } from './ceremonies/delegated-ceremonies.js';
import { OpenCeremonies } from './ceremonies/open-ceremonies.js';
import { RecoveryCeremony } from './ceremonies/recovery.ceremony.js';
import { RegistrationCeremony } from './ceremonies/registration.ceremony.js';
import { RegistrationCompletion } from './ceremonies/registration-completion.js';
import { RegistrationOpening } from './ceremonies/registration-opening.js';
import { UserActionCeremony } from './ceremonies/user-action.ceremony.js';
import { DfnsFlows } from './client/dfns-flows.js';
import { DfnsHttp } from './client/dfns-http.js';
import { createHttpService } from './client/http-service.js';
import { QuotaGovernor } from './client/quota-governor.js';
import { DFNS_CLOCK } from './config/clock.js';
import { DFNS_AUTH_CONFIG, type DfnsAuthConfig } from './config/dfns-auth-config.js';
import type { DfnsAuthModuleOptions } from './config/dfns-auth-options.js';
import { resolveConfig } from './config/resolve-config.js';
import { sealOptions } from './config/sealed-options.js';
import { DelegatedAuthService } from './delegated-auth/delegated-auth.service.js';
import { DfnsCredentials } from './delegated-auth/dfns-credentials.js';
import { DfnsUsers } from './delegated-auth/dfns-users.js';
import { LogoutCall } from './delegated-auth/logout.call.js';
import { RecoveryCalls } from './delegated-auth/recovery.calls.js';
import { RegistrationCalls } from './delegated-auth/registration.calls.js';
import { type DfnsAuthModuleAsyncOptions, type ModuleFlags, optionsProviders } from './dfns-auth.module-definition.js';
import { getDfnsAuthOptionsToken, named } from './dfns-auth.tokens.js';
import { DfnsHealthIndicator } from './edge/dfns-health.indicator.js';
import { DfnsIdentity } from './edge/dfns-identity.js';
import { createTelemetry } from './telemetry/create-telemetry.js';
import { Telemetry } from './telemetry/telemetry.js';
import { DelegatedLogin } from './tokens/delegated-login.js';
import { SharedLogin } from './tokens/shared-login.js';
import { StoredTokens } from './tokens/stored-tokens.js';
import { TokenBroker } from './tokens/token-broker.js';
import { UserActionExchange } from './user-actions/user-action.exchange.js';
import { UserActionSigner } from './user-actions/user-action.signer.js';

/** What an application injects. */
const SERVICES = [
  DelegatedAuthService,
  DelegatedCeremonies,
  DfnsUsers,
  DfnsCredentials,
  UserActionSigner,
  DfnsClient,
  DfnsHealthIndicator,
];

/**
 * Dfns delegated authentication. Register it once, with `isGlobal` or by exporting one constant: each registration has
 * its own connections, credentials and cache.
 */
@Module({})
export class DfnsAuthModule {
  /** Registers with options at hand. The application does not start with a mistake in them. */
  static forRoot(options: DfnsAuthModuleOptions & ModuleFlags): DynamicModule {
    const { isGlobal, name, ...given } = options;
    const sealed = sealOptions(given);
    return DfnsAuthModule.forRootAsync({ isGlobal, name, useFactory: () => sealed });
  }

  /** Registers with options from a factory, a class or a provider. */
  static forRootAsync(options: DfnsAuthModuleAsyncOptions): DynamicModule {
    const { isGlobal = false, name, imports = [] } = options;
    const token = getDfnsAuthOptionsToken(name);
    const exported = [...SERVICES, DfnsIdentity];
    const aliases = name === undefined ? [] : exported.map((service) => alias(service, name));
    return {
      module: DfnsAuthModule,
      global: isGlobal,
      imports,
      providers: [...optionsProviders(token, options), ...coreProviders(token), identityProvider(name), ...aliases],
      exports: [token, ...exported.map((service) => named(service, name))],
    };
  }
}

function coreProviders(optionsToken: symbol): Provider[] {
  return [
    { provide: DFNS_CLOCK, useValue: Date.now },
    { provide: DFNS_AUTH_CONFIG, useFactory: resolveConfig, inject: [optionsToken, DFNS_CLOCK] },
    { provide: HttpService, useFactory: createHttpService, inject: [DFNS_AUTH_CONFIG] },
    { provide: Telemetry, useFactory: createTelemetry, inject: [DFNS_AUTH_CONFIG] },
    QuotaGovernor,
    DfnsHttp,
    DfnsFlows,
    UserActionExchange,
    ApiCalls,
    DelegatedLogin,
    { provide: StoredTokens, useFactory: StoredTokens.open, inject: [DFNS_AUTH_CONFIG, DFNS_CLOCK] },
    SharedLogin,
    TokenBroker,
    LogoutCall,
    RegistrationCalls,
    RecoveryCalls,
    CeremonyRows,
    OpenCeremonies,
    RegistrationOpening,
    RegistrationCompletion,
    RegistrationCeremony,
    RecoveryCeremony,
    UserActionCeremony,
    CredentialCeremony,
    ...SERVICES,
  ];
}

function identityProvider(name?: string): Provider {
  const useFactory = (config: DfnsAuthConfig, service: DelegatedAuthService) => new DfnsIdentity(config, service, name);
  return { provide: DfnsIdentity, useFactory, inject: [DFNS_AUTH_CONFIG, DelegatedAuthService] };
}

function alias(service: (typeof SERVICES)[number] | typeof DfnsIdentity, name: string): Provider {
  return { provide: named(service, name), useExisting: service };
}
