import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { DfnsSandbox } from 'dfns-sandbox';

const folder = mkdtempSync(join(tmpdir(), 'bundled-lambda-'));
let sandbox;
let handler;

before(async () => {
  sandbox = await DfnsSandbox.start();
  sandbox.createUser({ username: 'ada', wallets: [{ network: 'EthereumSepolia', name: 'Savings' }] });
  const { authToken, credId, privateKey } = sandbox.createServiceAccount({});
  process.env.DFNS_API_URL = sandbox.url;
  process.env.DFNS_ORG_ID = sandbox.orgId;
  process.env.DFNS_AUTH_TOKEN = authToken;
  process.env.DFNS_CRED_ID = credId;
  process.env.DFNS_PRIVATE_KEY = privateKey;
  copyFileSync('dist/handler.cjs', join(folder, 'handler.cjs'));
  ({ handler } = createRequire(import.meta.url)(join(folder, 'handler.cjs')));
});

after(async () => {
  rmSync(folder, { recursive: true });
  await sandbox.stop();
});

const call = (principalId) => handler({ requestContext: { authorizer: { principalId } } });

it('answers with the wallets of the caller', async () => {
  const { statusCode, body } = await call('ada');
  assert.equal(statusCode, 200);
  assert.equal(JSON.parse(body).items[0].name, 'Savings');
});

it('says who is no user', async () => {
  assert.deepEqual(await call('nobody'), { statusCode: 404, body: '{"code":"DFNS_USER_NOT_FOUND"}' });
});
