import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { DfnsSandbox } from 'dfns-sandbox';
import { dfnsAuthConfig } from 'nestjs-dfns-auth';
import { AppModule } from '../src/app.module';
import { withSessions } from '../src/sessions';

let sandbox: DfnsSandbox;
let app: NestFastifyApplication;

beforeAll(async () => {
  sandbox = await DfnsSandbox.start();
  sandbox.createUser({ username: 'ada@example.test', wallets: [{ network: 'EthereumSepolia', name: 'Savings' }] });
  const { authToken, credId, privateKey = '' } = sandbox.createServiceAccount({});
  const serviceAccount = { authToken, credential: { credId, privateKey } };
  const testing = await Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(dfnsAuthConfig.KEY)
    .useValue({ baseUrl: sandbox.url, orgId: sandbox.orgId, serviceAccount })
    .compile();
  app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  await withSessions(app, 'only-for-this-test'.repeat(2));
  await app.listen(0, '127.0.0.1');
});

afterAll(async () => {
  await app.close();
  await sandbox.stop();
});

it('lists the wallets of the person of the session', async () => {
  const body = JSON.stringify({ email: 'ada@example.test', password: 'secret' });
  const login = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
  const [cookie = ''] = (await fetch(`${await app.getUrl()}/session`, login)).headers.getSetCookie();
  const answer = await fetch(`${await app.getUrl()}/wallets`, { headers: { cookie } });
  expect(await answer.json()).toMatchObject({ items: [{ name: 'Savings' }] });
});

it('refuses a person without a session', async () => {
  expect((await fetch(`${await app.getUrl()}/wallets`)).status).toBe(401);
});
