import { HttpService } from '@nestjs/axios';
import { type DynamicModule, Module, type Provider, type Type } from '@nestjs/common';
import { CallRunner } from './calls/call-runner.js';
import { DfnsCalls } from './calls/dfns-calls.js';
import { StartCheck } from './calls/start-check.js';
import { UserActionSteps } from './calls/user-action-steps.js';
import { ActionCeremony } from './ceremonies/action-ceremony.js';
import { CeremonyRows } from './ceremonies/ceremony-rows.js';
import { CredentialCeremony } from './ceremonies/credential-ceremony.js';
import { OpenCeremonies } from './ceremonies/open-ceremonies.js';
import { RecoveryCeremony } from './ceremonies/recovery-ceremony.js';
import { RegistrationCeremony } from './ceremonies/registration-ceremony.js';
import { RegistrationCompletion } from './ceremonies/registration-completion.js';
import { RegistrationOpening } from './ceremonies/registration-opening.js';
import { concealOptions } from './config/concealed-options.js';
import { type Clock, DFNS_AUTH_CONFIG, DFNS_CLOCK, type DfnsAuthConfig, resolveConfig } from './config/config.js';
import type { DfnsAuthModuleOptions } from './config/options.js';
import { DFNS_IDENTITY, DfnsIdentity } from './edge/dfns-identity.js';
import { Circuit } from './http/circuit.js';
import { DfnsHttp } from './http/dfns-http.js';
import { QuotaGovernor } from './http/governor.js';
import { createHttpService } from './http/http-service.js';
import { getDfnsAuthOptionsToken, getDfnsToken, SERVICES } from './injection.js';
import { type DfnsAuthModuleAsyncOptions, type ModuleFlags, optionsProviders } from './module-options.js';
import { DelegatedAuthService } from './services/delegated-auth.service.js';
import { RecoveryCalls } from './services/recovery-calls.js';
import { RegistrationCalls } from './services/registration-calls.js';
import { createTelemetry, Telemetry } from './telemetry/telemetry.js';
import { DelegatedLogin } from './tokens/delegated-login.js';
import { SharedLogin } from './tokens/shared-login.js';
import { StoredTokens } from './tokens/stored-tokens.js';
import { TokenBroker } from './tokens/token-broker.js';
import { TokenWarmer } from './tokens/token-warmer.js';
import { UserCalls } from './tokens/user-calls.js';
import { WebhookReceiver, webhookReceiverToken } from './webhooks/webhook-receiver.js';

const services: Type[] = Object.values(SERVICES);

/**
 * Dfns delegated authentication for Nest. Each call of `forRoot` or `forRootAsync` makes an instance with its own
 * connections, credentials and cache. To use one instance in several modules, set `isGlobal`, or keep the result of
 * `forRoot` in one constant and import that constant.
 */
@Module({})
export class DfnsAuthModule {
  /** Makes an instance from these options. If an option is wrong, the application does not start. */
  static forRoot(options: DfnsAuthModuleOptions & ModuleFlags): DynamicModule {
    const { isGlobal, name, ...given } = options;
    const concealed = concealOptions(given);
    return DfnsAuthModule.forRootAsync({ isGlobal, name, useFactory: () => concealed });
  }

  /**
   * Makes an instance from the options of a function, a class or a provider. If an option is wrong, the application
   * does not start.
   *
   * @throws TypeError without `useFactory`, `useClass` and `useExisting`
   */
  static forRootAsync(options: DfnsAuthModuleAsyncOptions): DynamicModule {
    const { isGlobal = false, name, imports = [] } = options;
    const optionsToken = getDfnsAuthOptionsToken(name);
    const aliases = name === undefined ? [] : services.map((service) => alias(service, name));
    return {
      module: DfnsAuthModule,
      global: isGlobal,
      imports,
      providers: [...optionsProviders(optionsToken, options), ...coreProviders(optionsToken, name), ...aliases],
      exports: [optionsToken, ...services.map((service) => getDfnsToken(service, name)), ...sharedExports(name)],
    };
  }
}

function coreProviders(optionsToken: symbol, name?: string): Provider[] {
  return [
    { provide: DFNS_CLOCK, useValue: () => Date.now() },
    { provide: DFNS_AUTH_CONFIG, useFactory: resolveConfig, inject: [optionsToken, DFNS_CLOCK] },
    { provide: HttpService, useFactory: createHttpService, inject: [DFNS_AUTH_CONFIG] },
    { provide: Telemetry, useFactory: createTelemetry, inject: [DFNS_AUTH_CONFIG] },
    { provide: StoredTokens, useFactory: StoredTokens.open, inject: [DFNS_AUTH_CONFIG, DFNS_CLOCK] },
    QuotaGovernor,
    Circuit,
    DfnsHttp,
    CallRunner,
    UserActionSteps,
    DfnsCalls,
    StartCheck,
    DelegatedLogin,
    SharedLogin,
    TokenBroker,
    UserCalls,
    TokenWarmer,
    RegistrationCalls,
    RecoveryCalls,
    { provide: CeremonyRows, useFactory: CeremonyRows.open, inject: [DFNS_AUTH_CONFIG, DFNS_CLOCK] },
    OpenCeremonies,
    RegistrationOpening,
    RegistrationCompletion,
    RegistrationCeremony,
    RecoveryCeremony,
    ActionCeremony,
    CredentialCeremony,
    ...services.filter((service) => service !== DfnsIdentity),
    { provide: DfnsIdentity, useFactory: identityOf(name), inject: [DFNS_AUTH_CONFIG, DelegatedAuthService] },
    { provide: DFNS_IDENTITY, useExisting: DfnsIdentity },
    { provide: webhookReceiverToken(name), useFactory: receiverOf(name), inject: [DFNS_AUTH_CONFIG, DFNS_CLOCK] },
  ];
}

function identityOf(name?: string) {
  return (config: DfnsAuthConfig, service: DelegatedAuthService) => new DfnsIdentity(config, service, name);
}

function receiverOf(name?: string) {
  return (config: DfnsAuthConfig, now: Clock) => new WebhookReceiver(config, now, name);
}

/**
 * Also exports the receiver of webhooks, and the identity of the unnamed instance, under global symbols for the guards of
 * a second copy of the package.
 */
function sharedExports(name?: string): symbol[] {
  return [webhookReceiverToken(name), ...(name === undefined ? [DFNS_IDENTITY] : [])];
}

function alias(service: Type, name: string): Provider {
  return { provide: getDfnsToken(service, name), useExisting: service };
}
