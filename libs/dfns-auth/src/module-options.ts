import type { InjectionToken, ModuleMetadata, OptionalFactoryDependency, Provider, Type } from '@nestjs/common';
import { concealOptions } from './config/concealed-options.js';
import type { DfnsAuthModuleOptions, DfnsAuthOptionsFactory } from './config/options.js';

/** Flags of an instance; they stand beside the options, never in them. */
export interface ModuleFlags {
  /** Make the services injectable everywhere. @default false */
  isGlobal?: boolean;
  /** For several organisations or regions in one application; see {@link InjectDfns}. */
  name?: string;
}

/** Options from a function. */
export interface OptionsFromFactory {
  // biome-ignore lint/suspicious/noExplicitAny: the arguments are whatever `inject` lists
  useFactory: (...args: any[]) => DfnsAuthModuleOptions | Promise<DfnsAuthModuleOptions>;
  inject?: (InjectionToken | OptionalFactoryDependency)[];
  useClass?: never;
  useExisting?: never;
}

/** Options from a class that the module makes. */
export interface OptionsFromClass {
  useClass: Type<DfnsAuthOptionsFactory>;
  useFactory?: never;
  useExisting?: never;
}

/** Options from a provider that exists. */
export interface OptionsFromExisting {
  useExisting: InjectionToken<DfnsAuthOptionsFactory>;
  useFactory?: never;
  useClass?: never;
}

/** How `forRootAsync` gets its options: by exactly one of `useFactory`, `useClass` and `useExisting`. */
export type DfnsAuthModuleAsyncOptions = ModuleFlags &
  Pick<ModuleMetadata, 'imports'> & {
    /** Providers for `inject`. */
    extraProviders?: Provider[];
  } & (OptionsFromFactory | OptionsFromClass | OptionsFromExisting);

/**
 * The providers that bring the options under `token`, whichever way they are given. All ways conceal the secrets, so
 * that no container, module or provider prints one.
 *
 * @throws TypeError when none of the three ways is given, which the types of the options forbid
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
