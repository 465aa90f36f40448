#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { DfnsSandbox } from '../dist/esm/index.js';

const USAGE = 'usage: dfns-sandbox [--port 4000] [--host 127.0.0.1] [--legacy]';
const DEMO_USER = 'demo@example.test';

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string', default: '4000' },
        host: { type: 'string', default: '127.0.0.1' },
        legacy: { type: 'boolean', default: false },
      },
    });
    if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65_535)
      throw new Error('--port must be from 0 to 65535');
    return { ...values, port: Number(values.port) };
  } catch (error) {
    console.error(`dfns-sandbox: ${error.message} (${USAGE})`);
    return process.exit(2);
  }
}

const options = readArguments();
try {
  const sandbox = await DfnsSandbox.start({ ...options, keepRequests: 1_000 });
  const { authToken, credId, privateKey } = sandbox.createServiceAccount();
  sandbox.createUser({ username: DEMO_USER, wallets: [{ network: 'EthereumSepolia' }] });
  console.log(`# Dfns sandbox at ${sandbox.url}; the demo user is ${DEMO_USER}; stop it with Ctrl-C
DFNS_API_URL=${sandbox.url}
DFNS_ORG_ID=${sandbox.orgId}
DFNS_AUTH_TOKEN=${authToken}
DFNS_CRED_ID=${credId}
DFNS_PRIVATE_KEY="${privateKey.trim().replaceAll('\n', '\\n')}"`);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => sandbox.stop());
} catch (error) {
  console.error(`dfns-sandbox: ${error.message}`);
  process.exitCode = 1;
}
