import { Inject, type InjectionToken } from '@nestjs/common';
import { DfnsClient } from './api/dfns.client.js';
import { DelegatedCeremonies } from './ceremonies/delegated-ceremonies.js';
import { DelegatedAuthService } from './delegated-auth/delegated-auth.service.js';
import { DfnsCredentials } from './delegated-auth/dfns-credentials.js';
import { DfnsUsers } from './delegated-auth/dfns-users.js';
import { DfnsHealthIndicator } from './edge/dfns-health.indicator.js';
import { DfnsIdentity } from './edge/dfns-identity.js';
import { UserActionSigner } from './user-actions/user-action.signer.js';

/*
 * Injection tokens. They are fixed symbols, so that two copies of the package in one process understand each other.
 * Without a name the class is the token.
 */

/** The options as the application gave them. Override it in tests. */
export const DFNS_AUTH_OPTIONS = Symbol.for('nestjs-dfns-auth/options');

/** Token of the options of a registration. */
export const getDfnsAuthOptionsToken = (name?: string): symbol =>
  name === undefined ? DFNS_AUTH_OPTIONS : Symbol.for(`nestjs-dfns-auth/options/${name}`);

/** Token of the {@link DelegatedAuthService} of a registration. */
export const getDelegatedAuthToken = (name?: string): InjectionToken => named(DelegatedAuthService, name);
/** Token of the {@link DelegatedCeremonies} of a registration. */
export const getDelegatedCeremoniesToken = (name?: string): InjectionToken => named(DelegatedCeremonies, name);
/** Token of the {@link DfnsUsers} of a registration. */
export const getDfnsUsersToken = (name?: string): InjectionToken => named(DfnsUsers, name);
/** Token of the {@link DfnsCredentials} of a registration. */
export const getDfnsCredentialsToken = (name?: string): InjectionToken => named(DfnsCredentials, name);
/** Token of the {@link DfnsIdentity} of a registration. */
export const getDfnsIdentityToken = (name?: string): InjectionToken => named(DfnsIdentity, name);
/** Token of the {@link UserActionSigner} of a registration. */
export const getUserActionSignerToken = (name?: string): InjectionToken => named(UserActionSigner, name);
/** Token of the {@link DfnsClient} of a registration. */
export const getDfnsClientToken = (name?: string): InjectionToken => named(DfnsClient, name);
/** Token of the {@link DfnsHealthIndicator} of a registration. */
export const getDfnsHealthIndicatorToken = (name?: string): InjectionToken => named(DfnsHealthIndicator, name);

/** Injects the {@link DelegatedAuthService} of a registration. */
export const InjectDelegatedAuth = (name?: string): ParameterDecorator => Inject(getDelegatedAuthToken(name));
/** Injects the {@link DelegatedCeremonies} of a registration. */
export const InjectDelegatedCeremonies = (name?: string): ParameterDecorator =>
  Inject(getDelegatedCeremoniesToken(name));
/** Injects the {@link DfnsUsers} of a registration. */
export const InjectDfnsUsers = (name?: string): ParameterDecorator => Inject(getDfnsUsersToken(name));
/** Injects the {@link DfnsCredentials} of a registration. */
export const InjectDfnsCredentials = (name?: string): ParameterDecorator => Inject(getDfnsCredentialsToken(name));
/** Injects the {@link DfnsIdentity} of a registration. */
export const InjectDfnsIdentity = (name?: string): ParameterDecorator => Inject(getDfnsIdentityToken(name));
/** Injects the {@link UserActionSigner} of a registration. */
export const InjectUserActionSigner = (name?: string): ParameterDecorator => Inject(getUserActionSignerToken(name));
/** Injects the {@link DfnsClient} of a registration. */
export const InjectDfnsClient = (name?: string): ParameterDecorator => Inject(getDfnsClientToken(name));
/** Injects the {@link DfnsHealthIndicator} of a registration. */
export const InjectDfnsHealthIndicator = (name?: string): ParameterDecorator =>
  Inject(getDfnsHealthIndicatorToken(name));

/** The token of an exported class in the registration `name`. */
export function named(service: abstract new (...args: never[]) => unknown, name?: string): InjectionToken {
  return name === undefined ? service : Symbol.for(`nestjs-dfns-auth/${service.name}/${name}`);
}
