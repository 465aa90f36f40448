import type { InjectionToken, ModuleMetadata, OptionalFactoryDependency, Provider, Type } from '@nestjs/common';
import type { DfnsAuthModuleOptions, DfnsAuthOptionsFactory } from './config/dfns-auth-options.js';
import { sealOptions } from './config/sealed-options.js';

/** Flags of a registration; they stand beside the options, never in them. */
export interface ModuleFlags {
  /** Make the services injectable everywhere. @default false */
  isGlobal?: boolean;
  /** For several organisations or regions in one application; see {@link InjectDelegatedAuth}. */
  name?: string;
}

/** How `forRootAsync` gets its options: one of `useFactory`, `useClass`, `useExisting`. */
export interface DfnsAuthModuleAsyncOptions extends ModuleFlags, Pick<ModuleMetadata, 'imports'> {
  // biome-ignore lint/suspicious/noExplicitAny: the arguments are whatever `inject` lists
  useFactory?: (...args: any[]) => DfnsAuthModuleOptions | Promise<DfnsAuthModuleOptions>;
  inject?: (InjectionToken | OptionalFactoryDependency)[];
  useClass?: Type<DfnsAuthOptionsFactory>;
  useExisting?: InjectionToken<DfnsAuthOptionsFactory>;
  /** Providers for `inject`. */
  extraProviders?: Provider[];
}

/**
 * The providers that bring the options under `token`, whichever way they are given. All ways seal them, so that no
 * container, module or provider prints a secret.
 */
export function optionsProviders(token: symbol, async: DfnsAuthModuleAsyncOptions): Provider[] {
  const { useFactory, inject = [], useClass, useExisting, extraProviders = [] } = async;
  if (useFactory) {
    const factory = async (...args: unknown[]) => sealOptions(await useFactory(...args));
    return [...extraProviders, { provide: token, useFactory: factory, inject }];
  }
  const source = useExisting ?? useClass;
  if (!source) throw new TypeError('DfnsAuthModule.forRootAsync needs useFactory, useClass or useExisting');
  const factory = async (options: DfnsAuthOptionsFactory) => sealOptions(await options.createDfnsAuthOptions());
  return [
    ...extraProviders,
    ...(useExisting ? [] : [source as Type]),
    { provide: token, useFactory: factory, inject: [source] },
  ];
}
