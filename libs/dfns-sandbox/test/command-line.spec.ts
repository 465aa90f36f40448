import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { DfnsApiClient } from '@dfns/sdk';
import { AsymmetricKeySigner } from '@dfns/sdk-keysigner';
import { describe, expect, it } from '@jest/globals';

// These tests run the built package. `npm test` builds it first; otherwise run `npm run build -w dfns-sandbox` before.
const bin = fileURLToPath(new URL('../bin/dfns-sandbox.js', import.meta.url));

describe('the command dfns-sandbox', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('prints environment variables that work, and stops on %s', async (signal) => {
    const child = spawn(process.execPath, [bin, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    for await (const chunk of child.stdout) {
      printed += chunk;
      if (/DFNS_PRIVATE_KEY=.+\n/.test(printed)) break;
    }
    const environment = Object.fromEntries(
      printed.split('\n').flatMap((line) => (/^DFNS_/.test(line) ? [line.split(/=(.*)/).slice(0, 2)] : [])),
    );
    const username = /demo user is (\S+);/.exec(printed)?.[1] ?? '';
    const privateKey = JSON.parse(environment['DFNS_PRIVATE_KEY']);
    const dfns = new DfnsApiClient({
      baseUrl: environment['DFNS_API_URL'],
      orgId: environment['DFNS_ORG_ID'],
      authToken: environment['DFNS_AUTH_TOKEN'],
      signer: new AsymmetricKeySigner({ credId: environment['DFNS_CRED_ID'], privateKey }),
    });
    await expect(dfns.auth.delegatedLogin({ body: { username } })).resolves.toHaveProperty('token');
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it.each([[['--prot', '1']], [['--port', 'http']], [['--port', '65536']], [['extra']]])(
    'refuses the arguments %j',
    (args) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], { encoding: 'utf8' });
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr.trim().split('\n')).toEqual([expect.stringContaining('usage: dfns-sandbox [--port 4000]')]);
    },
  );
});
