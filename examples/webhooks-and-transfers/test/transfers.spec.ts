import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { DfnsSandbox } from 'dfns-sandbox';
import { dfnsAuthConfig, KeySigner } from 'nestjs-dfns-auth';
import { AppModule } from '../src/app.module.js';
import { Ledger } from '../src/ledger.js';

let sandbox: DfnsSandbox;
let app: INestApplication;
let passkey: KeySigner;
let walletId: string;
let now = Date.now();
let secret = 'whs-not-yet';

beforeAll(async () => {
  sandbox = await DfnsSandbox.start({ now: () => now });
  const { credId: hers = '', privateKey: herKey = '' } = sandbox.createUser({ username: 'ada' });
  // A key of the test in the place of the passkey.
  passkey = new KeySigner({ credId: hers, privateKey: herKey });
  walletId = sandbox.createWallet({ network: 'EthereumSepolia', delegateTo: 'ada' }).id;
  const { authToken, credId, privateKey = '' } = sandbox.createServiceAccount({});
  const serviceAccount = { authToken, credential: { credId, privateKey } };
  const testing = await Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(dfnsAuthConfig.KEY)
    .useValue({ baseUrl: sandbox.url, orgId: sandbox.orgId, serviceAccount, webhooks: { secrets: () => secret } })
    .compile();
  app = testing.createNestApplication({ rawBody: true, logger: false });
  await app.listen(0, '127.0.0.1');
  app.get(Ledger).wallets.set('ada', walletId);
  const url = `${await app.getUrl()}/webhooks/dfns`;
  secret = sandbox.webhooks.create({ url, events: ['wallet.transfer.confirmed'] }).secret;
});

afterAll(async () => {
  await app.close();
  await sandbox.stop();
});

async function post(path: string, body: object) {
  const headers = { 'content-type': 'application/json', 'x-demo-user': 'ada' };
  const answer = await fetch(`${await app.getUrl()}/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: answer.status, body: await answer.json() };
}

async function transfer(orderId: string) {
  const { body } = await post(`orders/${orderId}/transfer`, { to: `0x${'d'.repeat(40)}`, amount: '1' });
  const firstFactor = await passkey.sign({ ...body.challenge, challengeIdentifier: '' });
  return post(`transfers/${body.ceremonyId}`, { firstFactor });
}

it('makes one transfer for an order, and books it when Dfns says that it is confirmed', async () => {
  sandbox.faults.add({ on: 'POST /wallets/{walletId}/transfers', kind: 'reset', when: 'after' });
  expect((await transfer('order-1')).status).toBe(503);
  const { status, body } = await transfer('order-1');
  expect(status).toBe(201);
  expect(sandbox.transfers.list().filter((one) => one.walletId === walletId)).toHaveLength(1);
  now += 60_000;
  sandbox.transfers.list();
  await sandbox.webhooks.settled();
  expect([...app.get(Ledger).booked]).toEqual([body.id]);
});

it('refuses a webhook that somebody else sends', async () => {
  expect((await post('webhooks/dfns', { kind: 'wallet.transfer.confirmed' })).status).toBe(401);
});
