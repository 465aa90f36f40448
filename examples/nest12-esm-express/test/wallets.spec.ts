import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { INestApplication } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { Test } from '@nestjs/testing';
import { DfnsSandbox } from 'dfns-sandbox';
import { type DfnsAuthModuleOptions, dfnsAuthConfig } from 'nestjs-dfns-auth';
import { AppModule } from '../src/app.module.js';
import { startRedis } from './redis.js';

let sandbox: DfnsSandbox;
let redis: ChildProcess;
let replicas: INestApplication[];

async function startReplica(options: DfnsAuthModuleOptions): Promise<INestApplication> {
  const testing = await Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(dfnsAuthConfig.KEY)
    .useValue(options)
    .compile();
  const app = testing.createNestApplication({ logger: false });
  await app.listen(0, '127.0.0.1');
  return app;
}

beforeAll(async () => {
  sandbox = await DfnsSandbox.start();
  sandbox.createUser({ username: 'account-1', wallets: [{ network: 'EthereumSepolia', name: 'Savings' }] });
  const { url, process: server } = await startRedis();
  redis = server;
  Object.assign(process.env, { REDIS_URL: url, JWT_SECRET: 'only-for-this-test' });
  process.env['DFNS_SEALING_KEY'] = randomBytes(32).toString('base64');
  const { authToken, credId, privateKey = '' } = sandbox.createServiceAccount({});
  const serviceAccount = { authToken, credential: { credId, privateKey } };
  const options = { baseUrl: sandbox.url, orgId: sandbox.orgId, serviceAccount };
  replicas = [await startReplica(options), await startReplica(options)];
});

afterAll(async () => {
  for (const replica of replicas) await replica.close();
  redis.kill();
  await sandbox.stop();
});

const read = async (replica: INestApplication, token: string) =>
  fetch(`${await replica.getUrl()}/wallets`, { headers: { authorization: `Bearer ${token}` } });

it('makes one login for all replicas', async () => {
  const token = new JwtService({ secret: 'only-for-this-test' }).sign({ sub: 'account-1' });
  for (const replica of replicas) {
    expect(await (await read(replica, token)).json()).toMatchObject({ items: [{ name: 'Savings' }] });
  }
  expect(sandbox.requests.filter(({ path }) => path === '/auth/login/delegated')).toHaveLength(1);
});

it('refuses a token that somebody else signed', async () => {
  const token = new JwtService({ secret: 'another' }).sign({ sub: 'account-1' });
  expect((await read(replicas[0] as INestApplication, token)).status).toBe(401);
});
