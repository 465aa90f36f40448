import { beforeAll, describe, expect, it } from '@jest/globals';
import { type DfnsApiError, DfnsClient } from 'nestjs-dfns-auth';
import { failureOf } from './support/failure-of.js';
import { useSandbox } from './support/use-sandbox.js';

const world = useSandbox({ users: ['ada'] });
let client: DfnsClient;
beforeAll(async () => {
  client = (await world.startInstance()).get(DfnsClient);
});

describe('the duplicate of a conflict', () => {
  const conflict = async (duplicate: unknown) => {
    const error = { status: 409, message: 'any text', details: { duplicate } };
    world.sandbox.faults.add({ on: '*', kind: 'status', status: 409, body: JSON.stringify({ error }) });
    const method = 'POST';
    const request = { method, path: '/wallets/wa-1/transfers', body: { externalId: 'mine' } } as const;
    const caller = { userToken: userToken() };
    const failed = await failureOf(client.request({ ...request, caller, userAction: 'signed-before' }));
    expect(failed?.code).toBe('DFNS_CONFLICT');
    return failed as DfnsApiError;
  };
  const userToken = () => world.sandbox.issueUserToken('ada');
  const id = 'xfr-5gz0f-bvpq3-8618e3ffhsks1u0i';

  it('is read whatever the text of the error is', async () => {
    expect((await conflict({ id, externalId: 'mine' })).duplicate).toEqual({ id, externalId: 'mine' });
  });

  it.each([
    [undefined],
    [null],
    ['mine'],
    [[{ externalId: 'mine' }]],
    [{ id }],
    [{ id, externalId: 7 }],
    [{ id, externalId: 'of somebody else' }],
  ])('is missing for %j', async (duplicate) => {
    const error = await conflict(duplicate);
    expect(error).not.toHaveProperty('duplicate');
  });

  it.each(['', 7, null, 'xfr-1 and more', 'x'.repeat(100)])('has no id that is none: %j', async (odd) => {
    expect((await conflict({ id: odd, externalId: 'mine' })).duplicate).toEqual({ externalId: 'mine' });
  });

  it('lets no secret of the request through', async () => {
    const secret = userToken();
    for (const duplicate of [
      { id: secret, externalId: 'mine' },
      { id, externalId: secret },
    ]) {
      expect(JSON.stringify(await conflict(duplicate))).not.toContain(secret.slice(0, 20));
    }
  });
});
