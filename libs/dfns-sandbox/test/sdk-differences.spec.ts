import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { useSandbox } from './support/checked-sandbox.js';
import { signingClient } from './support/clients.js';
import { violations } from './support/contract.js';
import { sdkAnswers } from './support/fixtures.js';
import { sdkDifferences } from './support/sdk-answers.js';
import { EXPLAINED, SDK_DIFFERENCES, textOf } from './support/sdk-differences.js';

const { sdkDeclarations } = await import(join(process.cwd(), 'scripts', 'sdk-answers.mjs'));

let now = Date.UTC(2026, 8, 21);
const dfns = useSandbox({ now: () => now });

/** Requests of the SDK for what the list of differences names. Add to it what a new entry needs. */
async function makeAllDifferences(): Promise<void> {
  await makeSignatures();
  await holdSignature();
  await failDelivery();
}

async function makeSignatures(): Promise<void> {
  const sdk = signingClient(dfns, dfns.sandbox.createServiceAccount());
  const { id: walletId, signingKey } = await sdk.wallets.createWallet({ body: { network: 'EthereumSepolia' } });
  const body = { kind: 'Hash', hash: '0x'.padEnd(66, '1') } as const;
  const { id: signatureId } = await sdk.wallets.generateSignature({ walletId, body });
  await sdk.wallets.listSignatures({ walletId });
  await sdk.wallets.getSignature({ walletId, signatureId });
  await sdk.keys.listSignatures({ keyId: signingKey.id });
  await sdk.keys.getSignature({ keyId: signingKey.id, signatureId });
}

async function holdSignature(): Promise<void> {
  const { credId = '', privateKey } = dfns.sandbox.createUser({ username: 'eve', kind: 'CustomerEmployee' });
  const { policies, wallets } = signingClient(dfns, {
    authToken: dfns.sandbox.issueUserToken('eve'),
    credId,
    privateKey,
  });
  const action = {
    kind: 'RequestApproval',
    approvalGroups: [{ quorum: 1, approvers: {}, initiatorCanApprove: true }],
  } as const;
  const rule = { kind: 'AlwaysTrigger' } as const;
  await policies.createPolicy({ body: { name: 'all signatures', activityKind: 'Wallets:Sign', rule, action } });
  const { id: walletId } = dfns.sandbox.createWallet({ network: 'Ethereum' });
  const body = { kind: 'Hash', hash: '0x'.padEnd(66, '1') } as const;
  const { approvalId = '' } = await wallets.generateSignature({ walletId, body });
  await policies.listApprovals();
  await policies.getApproval({ approvalId });
  await policies.createApprovalDecision({ approvalId, body: { value: 'Approved' } });
}

/** A webhook outside this machine fails at once, without a request. */
async function failDelivery(): Promise<void> {
  const { webhooks } = signingClient(dfns, dfns.sandbox.createServiceAccount());
  const { id: webhookId } = dfns.sandbox.webhooks.create({ url: 'https://example.com', events: ['key.created'] });
  dfns.sandbox.createWallet({ network: 'Ethereum' });
  await dfns.sandbox.webhooks.settled();
  now += 60_000;
  await dfns.sandbox.webhooks.deliverDue();
  for (const { id: webhookEventId } of (await webhooks.listWebhookEvents({ webhookId })).items) {
    await webhooks.getWebhookEvent({ webhookId, webhookEventId });
  }
}

describe('the differences from the official SDK', () => {
  it('are the listed ones, and every listed one still occurs', async () => {
    await makeAllDifferences();
    expect(new Set(dfns.differences.map(textOf))).toEqual(new Set(EXPLAINED));
  });

  it.each(SDK_DIFFERENCES)('have a fact for $member $problem', ({ fact, reason, routes }) => {
    expect(readFileSync('docs/dfns-api.md', 'utf8')).toMatch(new RegExp(`^### ${fact} `, 'm'));
    expect(reason).not.toBe('');
    for (const route of routes) expect(sdkAnswers.answers).toHaveProperty([route]);
  });
});

describe('the schemas of the SDK', () => {
  it('are made from the installed SDK: npm run sdk-answers writes them', () => {
    expect(sdkAnswers.sdk).toEqual(sdkDeclarations());
  });

  it('judge the answers of all 179 routes', () => {
    const routes = Object.keys(sdkAnswers.answers);
    expect(routes).toHaveLength(179);
    const lenient = routes.filter((route) => {
      const [method = '', path = ''] = route.replace(/\{\w+\}/g, 'id-1').split(' ');
      return sdkDifferences({ method, path, status: 200, responseBody: '"text"' }).length === 0;
    });
    // These may answer text, or anything.
    expect(lenient.sort()).toEqual([
      'GET /auth/action/logs',
      'GET /wallets/all/history',
      'POST /key-stores/{storeId}/clone/input',
      'POST /key-stores/{storeId}/genesis/input',
      'POST /key-stores/{storeId}/onchain-sign/input',
      'POST /key-stores/{storeId}/proof-of-control/input',
      'POST /networks/{network}/call-function',
      'POST /wallets/{walletId}/canton/ledger-api',
    ]);
  });
});

describe('the judge', () => {
  const assignments = 'DELETE /permissions/pm-1/assignments/as-1';
  const transfer = {
    ...{ id: 'xfr-1', walletId: 'wa-1', network: 'EthereumSepolia', status: 'Pending', dateRequested: 'now' },
    requester: { userId: 'us-1' },
    requestBody: { kind: 'Native', to: '0x0', amount: '1' },
    metadata: { asset: {} },
  };
  const { id, walletId, network, requester, dateRequested } = transfer;
  const transaction = { id, walletId, network, requester, dateRequested, status: 'Pending' };
  const judged = (request: string, answer: unknown, status = 200) => {
    const [method = '', path = ''] = request.split(' ');
    const responseBody = answer === undefined ? '' : JSON.stringify(answer);
    return sdkDifferences({ method, path, status, responseBody }).map(textOf);
  };

  it.each([
    ['GET /wallets?limit=1', { items: [] }, []],
    ['GET /wallets', {}, ['GET /wallets: items missing']],
    ['GET /wallets', { items: [], total: 0 }, ['GET /wallets: total unknown']],
    ['GET /wallets', { items: {} }, ['GET /wallets: items must be array']],
    ['GET /wallets/wa-1/transfers/xfr-1', transfer, []],
    [
      'POST /wallets/wa-1/transfers',
      { ...transfer, requestBody: { ...transfer.requestBody, amount: 1, tip: 1 } },
      ['requestBody.tip unknown', 'requestBody.amount must be string'],
    ],
    [
      'GET /wallets/wa-1/transfers',
      { walletId: 'wa-1', items: [transfer, { ...transfer, status: 'Lost' }] },
      ['items[].status must be equal to one of the allowed values'],
    ],
    [
      'POST /wallets/wa-1/transactions',
      { ...transaction, requestBody: { kind: 'FunctionCall', call: { any: 1 } } },
      [],
    ],
    [assignments, undefined, []],
    [assignments, {}, ['DELETE /permissions/{permissionId}/assignments/{assignmentId}:  must be null']],
    ['GET /unknown', { any: 1 }, []],
  ])('of %s', (request, answer, expected) => {
    const found = judged(request, answer);
    expect(found).toHaveLength(expected.length);
    for (const [index, text] of expected.entries()) expect(found[index]).toContain(text);
  });

  it('says nothing about refusals and pending approvals', () => {
    expect([judged('GET /wallets', {}, 404), judged('POST /wallets', {}, 202)]).toEqual([[], []]);
  });

  it('is enough for a route that the OpenAPI document does not have', () => {
    const exchange = { method: 'GET', requestBody: '', status: 200, responseBody: '{}' };
    expect(violations({ ...exchange, path: '/wallets/wa-1/transfers' })).toEqual([]);
    expect(violations({ ...exchange, path: '/unknown' })).toEqual(['GET /unknown 200: answered, but not documented']);
  });
});
