import type { InjectionToken, ModuleMetadata, OptionalFactoryDependency, Provider, Type } from '@nestjs/common';
import { concealOptions } from './config/concealed-options.js';
import type { DfnsAuthModuleOptions, DfnsAuthOptionsFactory } from './config/options.js';

/** Flags of an instance. Give them next to the options, or next to `useFactory`; a factory must not return them. */
export interface ModuleFlags {
  /** Makes the services injectable in every module. @default false */
  isGlobal?: boolean | undefined;
  /** Name of the instance, for several organisations or regions in one application; see {@link InjectDfns}. */
  name?: string | undefined;
}

/** Options from a function. */
export interface OptionsFromFactory {
  /** Makes the options. Its arguments are what `inject` names. */
  // biome-ignore lint/suspicious/noExplicitAny: the types of the arguments depend on `inject`
  useFactory: (...args: any[]) => DfnsAuthModuleOptions | Promise<DfnsAuthModuleOptions>;
  inject?: (InjectionToken | OptionalFactoryDependency)[];
  useClass?: never;
  useExisting?: never;
}

/** Options from a class that the module constructs. */
export interface OptionsFromClass {
  useClass: Type<DfnsAuthOptionsFactory>;
  useFactory?: never;
  useExisting?: never;
}

/** Options from a provider that exists already. */
export interface OptionsFromExisting {
  useExisting: InjectionToken<DfnsAuthOptionsFactory>;
  useFactory?: never;
  useClass?: never;
}

/** Options of `forRootAsync`. Give exactly one of `useFactory`, `useClass` and `useExisting`. */
export type DfnsAuthModuleAsyncOptions = ModuleFlags &
  Pick<ModuleMetadata, 'imports'> & {
    /** Providers that `inject` can name. */
    extraProviders?: Provider[] | undefined;
  } & (OptionsFromFactory | OptionsFromClass | OptionsFromExisting);

/**
 * The providers that provide the options under `token`. The secrets are always concealed, so that printing a container,
 * a module or a provider shows none.
 *
 * @throws TypeError without `useFactory`, `useClass` and `useExisting`, which the types do not allow
 */
export function optionsProviders(token: symbol, async: DfnsAuthModuleAsyncOptions): Provider[] {
  const { useFactory, useClass, useExisting, extraProviders = [] } = async;
  if (useFactory) {
    const factory = async (...args: unknown[]) => concealOptions(await useFactory(...args));
    return [...extraProviders, { provide: token, useFactory: factory, inject: async.inject ?? [] }];
  }
  const source = useExisting ?? useClass;
  if (!source) throw new TypeError('DfnsAuthModule.forRootAsync needs useFactory, useClass or useExisting');
  const factory = async (options: DfnsAuthOptionsFactory) => concealOptions(await options.createDfnsAuthOptions());
  return [
    ...extraProviders,
    ...(useExisting ? [] : [source as Type]),
    { provide: token, useFactory: factory, inject: [source] },
  ];
}
