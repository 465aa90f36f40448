import { inspect } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type DynamicModule, Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  DelegatedAuthService,
  DFNS_AUTH_OPTIONS,
  DfnsAuthModule,
  type DfnsAuthModuleOptions,
  type DfnsAuthOptionsFactory,
  DfnsClient,
  getDelegatedAuthToken,
  getDfnsAuthOptionsToken,
  InjectDelegatedAuth,
  UserActionSigner,
} from 'nestjs-dfns-auth';
import { optionsFor } from './support/library-instance.js';
import { useSandbox } from './support/use-sandbox.js';

const LOGIN = ['POST /auth/action/init', 'POST /auth/action', 'POST /auth/login/delegated'];

const world = useSandbox({ users: ['ada'] });
let options: DfnsAuthModuleOptions;

@Injectable()
class Factory implements DfnsAuthOptionsFactory {
  createDfnsAuthOptions() {
    return options;
  }
}

@Module({ providers: [Factory], exports: [Factory] })
class FactoryModule {}

beforeAll(() => {
  options = optionsFor(world.sandbox);
});

const forms: [string, () => DynamicModule][] = [
  ['forRoot', () => DfnsAuthModule.forRoot(options)],
  ['useFactory', () => DfnsAuthModule.forRootAsync({ useFactory: async () => options })],
  [
    'useFactory with inject and imports',
    () =>
      DfnsAuthModule.forRootAsync({
        imports: [FactoryModule],
        inject: [Factory],
        useFactory: (factory: Factory) => factory.createDfnsAuthOptions(),
      }),
  ],
  ['useClass', () => DfnsAuthModule.forRootAsync({ useClass: Factory })],
  ['useExisting', () => DfnsAuthModule.forRootAsync({ imports: [FactoryModule], useExisting: Factory })],
];

describe.each(forms)('%s', (_, register) => {
  it('logs a user in', async () => {
    const context = await world.startModule(register());
    const before = world.sandbox.requests.length;
    await context.get(DelegatedAuthService, { strict: false }).login({ username: 'ada' });
    expect(world.operations(before)).toEqual(LOGIN);
  });

  it('prints no secret at any depth', async () => {
    const context = await world.startModule(register());
    const service = context.get(DelegatedAuthService, { strict: false });
    const token = await service.getToken('ada');
    const printed = [DFNS_AUTH_OPTIONS, DelegatedAuthService, UserActionSigner, DfnsClient]
      .map((provider) => context.get(provider, { strict: false }))
      .map((value) => `${inspect(value, { depth: null, showHidden: true })}${JSON.stringify(value)}${value}`)
      .join('');
    const { authToken, credential } = options.serviceAccount as {
      authToken: string;
      credential: { privateKey: string };
    };
    for (const secret of [authToken, credential.privateKey.split('\n')[1] as string, token]) {
      expect(printed).not.toContain(secret);
    }
  });

  it('refuses wrong options at the start, in one message', async () => {
    const right = options;
    options = { ...right, baseUrl: 'nowhere', orgId: 'acme' };
    try {
      await expect(world.startModule(register())).rejects.toThrow(/baseUrl[\s\S]*orgId/);
    } finally {
      options = right;
    }
  });
});

describe('DfnsAuthModule', () => {
  const otherOrganisation = useSandbox({ users: ['ada'] });

  @Injectable()
  class Consumer {
    constructor(readonly service: DelegatedAuthService) {}
  }

  @Module({ providers: [Consumer] })
  class Feature {}

  it.each([
    ['sync', (flags: object) => DfnsAuthModule.forRoot({ ...options, ...flags })],
    ['async', (flags: object) => DfnsAuthModule.forRootAsync({ useFactory: () => options, ...flags })],
  ])('is global only with isGlobal (%s)', async (_, register) => {
    const compile = (flags: object) => Test.createTestingModule({ imports: [register(flags), Feature] }).compile();
    const context = await compile({ isGlobal: true });
    expect(context.get(Consumer, { strict: false }).service).toBeInstanceOf(DelegatedAuthService);
    await expect(compile({})).rejects.toThrow(/DelegatedAuthService/);
  });

  it('separates two named instances: organisations, credentials, connections, tokens', async () => {
    const other = otherOrganisation.sandbox;

    @Injectable()
    class Both {
      constructor(
        @InjectDelegatedAuth('eu') readonly eu: DelegatedAuthService,
        @InjectDelegatedAuth('uae') readonly uae: DelegatedAuthService,
      ) {}
    }

    const context = await Test.createTestingModule({
      imports: [
        DfnsAuthModule.forRoot({ ...options, name: 'eu' }),
        DfnsAuthModule.forRootAsync({ name: 'uae', useFactory: () => optionsFor(other) }),
      ],
      providers: [Both],
    }).compile();
    const { eu, uae } = context.get(Both);
    const before = [world.sandbox.requests.length, world.sandbox.connections, other.connections];
    const tokens = [await eu.getToken('ada'), await uae.getToken('ada')];
    expect(new Set(tokens).size).toBe(2);
    expect(world.operations(before[0])).toEqual(LOGIN);
    expect(otherOrganisation.operations()).toEqual(LOGIN);
    expect([world.sandbox.connections - (before[1] as number), other.connections - (before[2] as number)]).toEqual([
      1, 1,
    ]);
    expect(context.get(getDelegatedAuthToken('eu'))).toBe(eu);
    await context.close();
  });

  it('provides a named instance only under its name', async () => {
    const compile = Test.createTestingModule({
      imports: [DfnsAuthModule.forRoot({ ...options, name: 'eu', isGlobal: true }), Feature],
    }).compile();
    await expect(compile).rejects.toThrow(/DelegatedAuthService/);
  });

  it.each([undefined, 'named'])('lets a test override the options (%s)', async (name) => {
    const context = await Test.createTestingModule({
      imports: [
        DfnsAuthModule.forRoot({ serviceAccount: { authToken: '', credential: { credId: '', privateKey: '' } }, name }),
      ],
    })
      .overrideProvider(getDfnsAuthOptionsToken(name))
      .useValue(options)
      .compile();
    await expect(context.get<DelegatedAuthService>(getDelegatedAuthToken(name)).getToken('ada')).resolves.toBeDefined();
    await context.close();
  });

  it('refuses to start without a source of the options', () => {
    expect(() => DfnsAuthModule.forRootAsync({} as never)).toThrow(/useFactory, useClass or useExisting/);
  });

  it('closes its connections with the application', async () => {
    const context = await world.startModule(DfnsAuthModule.forRoot(options));
    await context.get(DelegatedAuthService, { strict: false }).getToken('ada');
    const open = () => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
    const before = open();
    await context.close();
    for (let turns = 0; turns < 1_000 && open() >= before; turns += 1) await new Promise(setImmediate);
    expect(open()).toBeLessThan(before);
  });
});
