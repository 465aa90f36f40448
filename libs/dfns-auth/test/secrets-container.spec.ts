// The whole container of Nest in the moments of a call: `inspect` must find no secret, with any settings. The
// configuration is not exported, so this test gets it by its internal token.
import { Agent } from 'node:http';
import { inspect } from 'node:util';
import { beforeEach, expect, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import type { DynamicModule } from '@nestjs/common';
import type { TestingModule } from '@nestjs/testing';
import {
  DelegatedAuthService,
  DelegatedCeremonies,
  DfnsAuthModule,
  type DfnsAuthModuleOptions,
  DfnsClient,
  DfnsHealthIndicator,
  getDfnsAuthOptionsToken,
  getDfnsToken,
} from 'nestjs-dfns-auth';
import { DFNS_AUTH_CONFIG } from '../src/config/config.js';
import { failureOf } from './support/failure-of.js';
import { vectorKey } from './support/published-vectors.js';
import { reachableTexts } from './support/reachable-texts.js';
import { leaks } from './support/secret-leaks.js';
import { useSandbox } from './support/use-sandbox.js';
import { waitUntil } from './support/wait-until.js';

const LOGIN = 'POST /auth/login/delegated';
const { encryptedPkcs8, publicKeyPem } = vectorKey('p256');
const { pem, passphrase } = encryptedPkcs8;
const world = useSandbox({ users: ['ada'] });

/** Ways to start an instance, with its own agent or with one of the application. */
const STARTS: [string, string | undefined, Agent | undefined, (options: DfnsAuthModuleOptions) => DynamicModule][] = [
  ['forRoot', undefined, undefined, (given) => DfnsAuthModule.forRoot(given)],
  [
    'forRootAsync with an agent',
    undefined,
    new Agent({ keepAlive: true }),
    (given) => DfnsAuthModule.forRootAsync({ useFactory: () => given }),
  ],
  [
    'a named forRootAsync with useExisting and an agent',
    'uae',
    new Agent({ keepAlive: true }),
    (given) => {
      const source = { provide: 'source', useFactory: () => ({ createDfnsAuthOptions: () => given }) };
      return DfnsAuthModule.forRootAsync({ name: 'uae', useExisting: 'source', extraProviders: [source] });
    },
  ],
];

function options(agent: Agent | undefined): DfnsAuthModuleOptions {
  const credId = `key ${process.hrtime.bigint()}`.replaceAll(' ', '-');
  const { authToken } = world.sandbox.createServiceAccount({ credId, publicKey: publicKeyPem.spki });
  return {
    baseUrl: world.sandbox.url,
    orgId: world.sandbox.orgId,
    serviceAccount: { authToken, credential: { credId, privateKey: pem, passphrase } },
    http: { agent },
  };
}

let issuedBefore = 0;
beforeEach(() => {
  issuedBefore = world.sandbox.secrets.length;
});
const secrets = () => [
  ...world.sandbox.secrets.slice(issuedBefore),
  passphrase,
  ...pem.split('\n').filter((line) => /^\S{20,}$/.test(line)),
];

/** The paths below the container at which a secret is printed. */
function leaksOf(context: TestingModule): string[] {
  const texts = [...reachableTexts(context)];
  expect(texts.filter(({ text }) => /^(DfnsHttp|TokenBroker|DfnsCalls|HttpService) /.test(text))).toHaveLength(4);
  return leaks(texts.map(({ text }) => text).join('\n'), secrets()).length === 0
    ? []
    : texts.filter(({ text }) => leaks(text, secrets()).length > 0).map(({ path }) => path);
}

/** The settings of `inspect` with which the values are printed. */
const SETTINGS = [12, Number.POSITIVE_INFINITY].flatMap((depth) =>
  [true, false].flatMap((customInspect) => [true, false].map((showProxy) => ({ depth, customInspect, showProxy }))),
);

function printedWithAll(values: unknown[]): string {
  const everything = { showHidden: true, getters: true, maxStringLength: null, maxArrayLength: null };
  return values
    .flatMap((value) => SETTINGS.map((settings) => inspect(value, { ...everything, ...settings })))
    .join('\n');
}

/** Makes calls, stops each at a step, and looks. */
async function lookDuringCalls(context: TestingModule, name: string | undefined, look: (moment: string) => void) {
  const auth = context.get<DelegatedAuthService>(getDfnsToken(DelegatedAuthService, name));
  const client = context.get<DfnsClient>(getDfnsToken(DfnsClient, name));
  const during = async (on: string, make: (signal: AbortSignal) => Promise<unknown>) => {
    const from = world.sandbox.requests.length;
    world.sandbox.faults.add({ kind: 'hang', on });
    const controller = new AbortController();
    const call = failureOf(make(controller.signal));
    await waitUntil(() => world.operations(from).includes(on));
    look(on);
    controller.abort();
    await call;
  };
  for (const on of ['POST /auth/action', LOGIN]) {
    await during(on, (signal) => auth.login({ username: 'ada' }, { signal }));
  }
  await auth.getToken('ada');
  look('after a login');
  await during('GET /wallets', (signal) =>
    client.request({ method: 'GET', path: '/wallets', caller: { username: 'ada' } }, { signal }),
  );
  const ceremonies = context.get<DelegatedCeremonies>(getDfnsToken(DelegatedCeremonies, name));
  await ceremonies.beginAction('ada', { method: 'POST', path: '/wallets', body: { network: 'EthereumSepolia' } });
  look('while a ceremony is open');
}

it.each(STARTS)('the container of %s contains no secret in any moment of a call', async (_, name, agent, startedBy) => {
  const context = await world.startModule(startedBy(options(agent)));
  const services = [DelegatedAuthService, DelegatedCeremonies, DfnsClient, DfnsHealthIndicator];
  const tokens = [getDfnsAuthOptionsToken(name), DFNS_AUTH_CONFIG, HttpService];
  const values = [...services.map((service) => getDfnsToken(service, name)), ...tokens].map((token) =>
    context.get(token, { strict: false }),
  );
  await lookDuringCalls(context, name, (moment) => {
    expect({ moment, leaks: leaksOf(context) }).toEqual({ moment, leaks: [] });
    expect({ moment, leaks: leaks(printedWithAll(values), secrets()).length }).toEqual({ moment, leaks: 0 });
  });
  agent?.destroy();
});

it('this test finds what an application does not conceal', async () => {
  const agent = new Agent({ keepAlive: true });
  const given = options(agent);
  const extraProviders = [
    { provide: 'agent', useFactory: () => agent },
    {
      provide: 'options',
      useFactory: () => new Proxy({ hidden: Promise.resolve(given.serviceAccount.authToken) }, {}),
    },
  ];
  const context = await world.startModule(DfnsAuthModule.forRootAsync({ useFactory: () => given, extraProviders }));
  const found: string[] = [];
  await lookDuringCalls(context, undefined, (moment) => {
    if (moment === LOGIN) found.push(...leaksOf(context));
  });
  expect(found.some((path) => path.includes('_httpMessage'))).toBe(true);
  expect(found.some((path) => path.includes('instance'))).toBe(true);
  agent.destroy();
});
