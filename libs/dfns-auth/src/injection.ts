import { Inject, type InjectionToken } from '@nestjs/common';
import { DelegatedCeremonies } from './ceremonies/delegated-ceremonies.js';
import { DfnsHealthIndicator } from './edge/dfns-health.js';
import { DfnsIdentity } from './edge/dfns-identity.js';
import { DelegatedAuthService } from './services/delegated-auth.service.js';
import { DfnsClient } from './services/dfns-client.js';
import { DfnsCredentials } from './services/dfns-credentials.js';
import { DfnsPermissions } from './services/dfns-permissions.js';
import { DfnsPersonalAccessTokens } from './services/dfns-personal-access-tokens.js';
import { DfnsServiceAccounts } from './services/dfns-service-accounts.js';
import { DfnsUsers } from './services/dfns-users.js';
import { UserActionSigner } from './services/user-action-signer.js';

/**
 * The services that an application can inject. Providers, exports and injection tokens are made from this table. Its
 * keys are part of the tokens; they are literals, because bundlers shorten class names.
 */
export const SERVICES = {
  DelegatedAuthService,
  DelegatedCeremonies,
  DfnsUsers,
  DfnsCredentials,
  DfnsServiceAccounts,
  DfnsPersonalAccessTokens,
  DfnsPermissions,
  UserActionSigner,
  DfnsClient,
  DfnsHealthIndicator,
  DfnsIdentity,
};

type ServiceClass = abstract new (...args: never[]) => unknown;

/** Injection token of the options of the unnamed instance, as the application gave them. Override it in tests. */
export const DFNS_AUTH_OPTIONS = Symbol.for('nestjs-dfns-auth/options');

/** Injection token of the options of the instance `name`; without a name, {@link DFNS_AUTH_OPTIONS}. */
export const getDfnsAuthOptionsToken = (name?: string): symbol =>
  name === undefined ? DFNS_AUTH_OPTIONS : Symbol.for(`nestjs-dfns-auth/options/${name}`);

/**
 * Injection token of a service of the instance `name`. Without a name the token is the class. Tokens of named instances
 * are global symbols, so that two copies of the package in one process use the same tokens.
 *
 * @throws TypeError for a class that is not a service of this package
 */
export function getDfnsToken(service: ServiceClass, name?: string): InjectionToken {
  const [key] = Object.entries(SERVICES).find(([, known]) => known === service) ?? [];
  if (key === undefined) throw new TypeError('getDfnsToken takes a service of nestjs-dfns-auth, such as DfnsUsers');
  return name === undefined ? service : Symbol.for(`nestjs-dfns-auth/${key}/${name}`);
}

/** Injects a service of the instance `name`: `@InjectDfns(DfnsUsers, 'uae') users: DfnsUsers`. */
export const InjectDfns = (service: ServiceClass, name?: string): ParameterDecorator =>
  Inject(getDfnsToken(service, name));

/** Injection token of the {@link DelegatedAuthService} of an instance. */
export const getDelegatedAuthToken = (name?: string): InjectionToken => getDfnsToken(DelegatedAuthService, name);
/** Injection token of the {@link DelegatedCeremonies} of an instance. */
export const getDelegatedCeremoniesToken = (name?: string): InjectionToken => getDfnsToken(DelegatedCeremonies, name);
/** Injection token of the {@link UserActionSigner} of an instance. */
export const getUserActionSignerToken = (name?: string): InjectionToken => getDfnsToken(UserActionSigner, name);
/** Injection token of the {@link DfnsClient} of an instance. */
export const getDfnsClientToken = (name?: string): InjectionToken => getDfnsToken(DfnsClient, name);

/** Injects the {@link DelegatedAuthService} of an instance. */
export const InjectDelegatedAuth = (name?: string): ParameterDecorator => InjectDfns(DelegatedAuthService, name);
/** Injects the {@link DelegatedCeremonies} of an instance. */
export const InjectDelegatedCeremonies = (name?: string): ParameterDecorator => InjectDfns(DelegatedCeremonies, name);
/** Injects the {@link UserActionSigner} of an instance. */
export const InjectUserActionSigner = (name?: string): ParameterDecorator => InjectDfns(UserActionSigner, name);
/** Injects the {@link DfnsClient} of an instance. */
export const InjectDfnsClient = (name?: string): ParameterDecorator => InjectDfns(DfnsClient, name);
