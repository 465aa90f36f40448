import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { DfnsSandbox } from 'dfns-sandbox';
import { type Client, createClient } from 'graphql-ws';
import { DFNS_CLOCK, dfnsAuthConfig } from 'nestjs-dfns-auth';
import { WebSocket } from 'ws';
import { AppModule } from '../src/app.module.js';
import { events } from '../src/wallets.resolver.js';

const HOUR = 3_600_000;
let sandbox: DfnsSandbox;
let app: INestApplication;
let client: Client;
let now = Date.now();

beforeAll(async () => {
  sandbox = await DfnsSandbox.start({ now: () => now });
  sandbox.createUser({ username: 'ada', wallets: [{ network: 'EthereumSepolia' }] });
  const { authToken, credId, privateKey = '' } = sandbox.createServiceAccount({});
  const serviceAccount = { authToken, credential: { credId, privateKey } };
  const testing = await Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(dfnsAuthConfig.KEY)
    .useValue({ baseUrl: sandbox.url, orgId: sandbox.orgId, serviceAccount })
    .overrideProvider(DFNS_CLOCK)
    .useValue(() => now)
    .compile();
  app = testing.createNestApplication({ logger: false });
  await app.listen(0, '127.0.0.1');
  const url = `${(await app.getUrl()).replace('http', 'ws')}/graphql`;
  client = createClient({ url, webSocketImpl: WebSocket, connectionParams: { username: 'ada' }, lazy: false });
});

afterAll(async () => {
  await client.dispose();
  await app.close();
  await sandbox.stop();
});

const logins = () => sandbox.requests.filter(({ path }) => path === '/auth/login/delegated').length;

async function ask(query: string) {
  for await (const answer of client.iterate({ query })) return answer;
}

it('has a valid token for each operation on one connection', async () => {
  const answer = { data: { wallets: [{ network: 'EthereumSepolia' }] } };
  expect(await ask('{ wallets { network } }')).toEqual(answer);
  now += HOUR;
  expect(await ask('{ wallets { network } }')).toEqual(answer);
  expect(logins()).toBe(2);
});

it('tells a subscriber what happened to their wallets', async () => {
  const answer = ask('subscription { walletCreated { id } }');
  const told = setInterval(() => {
    void events.publish('walletCreated/bob', { walletCreated: { id: 'wa-2', network: 'EthereumSepolia' } });
    void events.publish('walletCreated/ada', { walletCreated: { id: 'wa-1', network: 'EthereumSepolia' } });
  }, 20);
  expect(await answer).toEqual({ data: { walletCreated: { id: 'wa-1' } } });
  clearInterval(told);
});
