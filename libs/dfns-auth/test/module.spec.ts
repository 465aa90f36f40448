import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type DynamicModule, Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { DfnsSandbox } from 'dfns-sandbox';
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
import { operations, optionsFor, start } from './registered.js';

const LOGIN = ['POST /auth/action/init', 'POST /auth/action', 'POST /auth/login/delegated'];

let sandbox: DfnsSandbox;
let options: DfnsAuthModuleOptions;

@Injectable()
class Factory implements DfnsAuthOptionsFactory {
  createDfnsAuthOptions() {
    return options;
  }
}

@Module({ providers: [Factory], exports: [Factory] })
class FactoryModule {}

beforeAll(async () => {
  sandbox = await DfnsSandbox.start();
  sandbox.createUser({ username: 'ada' });
  options = optionsFor(sandbox);
});

afterAll(() => sandbox.stop());

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
    const context = await start(register());
    const before = sandbox.requests.length;
    await context.get(DelegatedAuthService, { strict: false }).login({ username: 'ada' });
    expect(operations(sandbox, before)).toEqual(LOGIN);
    await context.close();
  });

  it('prints no secret, at any depth', async () => {
    const context = await start(register());
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
    await context.close();
  });

  it('refuses a wrong configuration at start, in one message', async () => {
    const right = options;
    options = { ...right, baseUrl: 'nowhere', orgId: 'acme' };
    try {
      await expect(start(register())).rejects.toThrow(/baseUrl[\s\S]*orgId/);
    } finally {
      options = right;
    }
  });
});

describe('DfnsAuthModule', () => {
  @Injectable()
  class Consumer {
    constructor(readonly service: DelegatedAuthService) {}
  }

  @Module({ providers: [Consumer] })
  class Feature {}

  it.each([
    ['sync', (flags: object) => DfnsAuthModule.forRoot({ ...options, ...flags })],
    ['async', (flags: object) => DfnsAuthModule.forRootAsync({ useFactory: () => options, ...flags })],
  ])('is global only when asked to (%s)', async (_, register) => {
    const compile = (flags: object) => Test.createTestingModule({ imports: [register(flags), Feature] }).compile();
    const context = await compile({ isGlobal: true });
    expect(context.get(Consumer, { strict: false }).service).toBeInstanceOf(DelegatedAuthService);
    await expect(compile({})).rejects.toThrow(/DelegatedAuthService/);
  });

  it('keeps two named registrations apart: organisations, credentials, connections, tokens', async () => {
    const other = await DfnsSandbox.start();
    other.createUser({ username: 'ada' });

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
    const before = [sandbox.requests.length, sandbox.connections, other.connections];
    const tokens = [await eu.getToken('ada'), await uae.getToken('ada')];
    expect(new Set(tokens).size).toBe(2);
    expect(operations(sandbox, before[0])).toEqual(LOGIN);
    expect(operations(other)).toEqual(LOGIN);
    expect([sandbox.connections - (before[1] as number), other.connections - (before[2] as number)]).toEqual([1, 1]);
    expect(context.get(getDelegatedAuthToken('eu'))).toBe(eu);
    await context.close();
    await other.stop();
  });

  it('offers a named registration under its name only', async () => {
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

  it('asks for a way to get the options', () => {
    expect(() => DfnsAuthModule.forRootAsync({} as never)).toThrow(/useFactory, useClass or useExisting/);
  });

  it('closes its connections with the application', async () => {
    const context = await start(DfnsAuthModule.forRoot(options));
    await context.get(DelegatedAuthService, { strict: false }).getToken('ada');
    const open = () => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
    const before = open();
    await context.close();
    for (let turns = 0; turns < 1_000 && open() >= before; turns += 1) await new Promise(setImmediate);
    expect(open()).toBeLessThan(before);
  });
});
