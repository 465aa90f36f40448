import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { violations } from './support/contract.js';
import { sdkAnswers } from './support/fixtures.js';
import { sdkDifferences } from './support/sdk-answers.js';
import { textOf } from './support/sdk-differences.js';

const { sdkDeclarations } = await import(join(process.cwd(), 'scripts', 'sdk-answers.mjs'));

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
