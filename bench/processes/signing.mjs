/**
 * Measures one signature: by this library, by node:crypto with a parsed key, and by the SDK, which parses every time.
 */
import { createPrivateKey, sign } from 'node:crypto';
import { AsymmetricKeySigner } from '@dfns/sdk-keysigner';
import { KeySigner } from 'nestjs-dfns-auth';
import { serve } from '../child.mjs';
import { makeServiceAccount } from '../fixtures.mjs';
import { median } from '../table.mjs';

const KINDS = [
  ['Ed25519', 'ed25519', {}],
  ['P-256', 'ec', { namedCurve: 'prime256v1' }],
  ['secp256k1', 'ec', { namedCurve: 'secp256k1' }],
  ['RSA 2048', 'rsa', { modulusLength: 2048 }],
];
const ROUND_MS = 300;
const ROUNDS = 5;

const challenge = {
  challenge: 'Y2gtMDEyMzQtNTY3ODktYWJjZGVmZ2hpamtsbW4',
  allowCredentials: { key: [{ type: 'public-key', id: 'bench-credential' }], webauthn: [] },
};
const clientData = Buffer.from(JSON.stringify({ type: 'key.get', challenge: challenge.challenge }));

async function microseconds(act) {
  const startedAt = performance.now();
  let count = 0;
  while (performance.now() - startedAt < ROUND_MS) {
    await act();
    count += 1;
  }
  return ((performance.now() - startedAt) / count) * 1_000;
}

async function measure([kind, type, options]) {
  const { credId, privateKey } = makeServiceAccount(type, options);
  const key = createPrivateKey(privateKey);
  const digest = type === 'ed25519' ? null : 'sha256';
  const [ours, sdk] = [new KeySigner({ credId, privateKey }), new AsymmetricKeySigner({ credId, privateKey })];
  const acts = {
    ours: () => ours.sign(challenge),
    node: () => sign(digest, clientData, key),
    sdk: () => sdk.sign(challenge),
  };
  const times = { ours: [], node: [], sdk: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, act] of Object.entries(acts)) times[name].push(await microseconds(act));
  }
  const of = (name) => median(times[name]);
  return {
    key: kind,
    'node:crypto, parsed key': of('node').toFixed(0),
    ours: of('ours').toFixed(0),
    'official SDK': of('sdk').toFixed(0),
    'ours, of node:crypto': (of('ours') / of('node')).toFixed(2),
    'ours, of SDK': (of('ours') / of('sdk')).toFixed(2),
  };
}

serve({
  measure: async () => {
    const rows = [];
    for (const kind of KINDS) rows.push(await measure(kind));
    return rows;
  },
});
