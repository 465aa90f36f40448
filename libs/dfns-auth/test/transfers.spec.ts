import { beforeAll, describe, expect, it } from '@jest/globals';
import Keyv from 'keyv';
import {
  type CeremonyAction,
  DelegatedCeremonies,
  DfnsApiError,
  DfnsClient,
  KeySigner,
  KeyvCeremonyStore,
} from 'nestjs-dfns-auth';
import { failureOf } from './support/failure-of.js';
import { useSandbox } from './support/use-sandbox.js';

/** What the tests read of a transfer. */
interface Transfer {
  id: string;
  status: string;
  approvalId?: string;
  externalId?: string;
}

const TO = `0x${'d'.repeat(40)}`;
const BODY = { kind: 'Native', to: TO, amount: '1000' };

let now = Date.now();
const world = useSandbox({ now: () => now });
let ceremonies: DelegatedCeremonies;
/** Another replica, which shares the store of ceremonies. */
let replica: DelegatedCeremonies;
let client: DfnsClient;
let signer: KeySigner;

beforeAll(async () => {
  const { credId = '', privateKey = '' } = world.sandbox.createUser({ username: 'ada' });
  signer = new KeySigner({ credId, privateKey });
  const keys = [{ id: '1', key: Buffer.alloc(32, 7) }];
  const store = new KeyvCeremonyStore(new Keyv(), { keys });
  const instance = await world.startInstance({ ceremonies: { store } });
  ceremonies = instance.get(DelegatedCeremonies);
  client = instance.get(DfnsClient);
  replica = (await world.startInstance({ ceremonies: { store } })).get(DelegatedCeremonies);
});

const walletOf = (delegateTo?: string) => world.sandbox.createWallet({ network: 'Ethereum', delegateTo }).id;
const transfersOf = (walletId: string) => world.sandbox.transfers.list().filter((one) => one.walletId === walletId);
const sending = (walletId: string, more: Partial<CeremonyAction> = {}): CeremonyAction => ({
  method: 'POST',
  path: `/wallets/${walletId}/transfers`,
  body: BODY,
  ...more,
});

/** Begins an action of ada on one replica, and returns a function that finishes it on the other one. */
async function begun(action: CeremonyAction) {
  const { ceremonyId, challenge, externalId } = await ceremonies.beginAction('ada', action);
  const assertion = await signer.sign({ ...challenge, challengeIdentifier: '' });
  return { externalId, finish: () => replica.finishAction<Transfer>('ada', ceremonyId, assertion) };
}

describe('a transfer of a user', () => {
  it('is a result that goes on by itself', async () => {
    const walletId = walletOf('ada');
    const { finish, externalId } = await begun(sending(walletId));
    const made = await finish();
    expect(made).toMatchObject({ status: 'Pending' });
    expect([externalId, made.externalId, made.approvalId]).toEqual([undefined, undefined, undefined]);
    now += 5_000;
    expect(transfersOf(walletId)).toMatchObject([{ id: made.id, status: 'Confirmed' }]);
  });

  it('is a result also if it waits for an approval', async () => {
    const walletId = walletOf('ada');
    const { finish } = await begun(sending(walletId));
    // No policy holds the wallets of end users (dfns-api 16.5), so the sandbox never answers this by itself.
    const held = { id: 'xfr-1', status: 'Pending', approvalId: 'ap-1' };
    const on = 'POST /wallets/{walletId}/transfers';
    world.sandbox.faults.add({ on, kind: 'status', status: 200, body: JSON.stringify(held) });
    await expect(finish()).resolves.toEqual(held);
  });
});

describe('a transfer of the service account that a policy holds', () => {
  const policy = (walletId: string) =>
    world.sandbox.createPolicy({
      name: 'every signature',
      activityKind: 'Wallets:Sign',
      rule: { kind: 'AlwaysTrigger' },
      action: { kind: 'RequestApproval', approvalGroups: [{ quorum: 1, approvers: {} }] },
      filters: { walletId: { in: [walletId] } },
    });

  it.each([
    ['approve', 'Confirmed'],
    ['deny', 'Rejected'],
    ['expire', 'Rejected'],
  ] as const)('is a result that waits, until somebody decides: %s', async (decision, end) => {
    const walletId = walletOf();
    policy(walletId);
    const caller = 'serviceAccount';
    const held = await client.request<Transfer>({ ...sending(walletId), caller });
    expect(held).toMatchObject({ status: 'Pending', approvalId: expect.stringMatching(/^ap-/) });
    now += 3_600_000;
    const path = `/v2/policy-approvals/${held.approvalId}`;
    await expect(client.request({ method: 'GET', path, caller })).resolves.toMatchObject({ status: 'Pending' });
    world.sandbox.approvals[decision](held.approvalId ?? '');
    now += 5_000;
    const read = { method: 'GET', path: `/wallets/${walletId}/transfers/${held.id}`, caller } as const;
    await expect(client.request<Transfer>(read)).resolves.toMatchObject({ id: held.id, status: end });
  });
});

describe('a change that waits for an approval', () => {
  const change = {
    id: 'cr-1',
    kind: 'Permission',
    operationKind: 'Update',
    status: 'Pending',
    entityId: 'pm-1',
    approvalId: 'ap-1',
  };

  it('is an error with the change request', async () => {
    const on = 'PUT /permissions/{permissionId}';
    world.sandbox.faults.add({ on, kind: 'status', status: 202, body: JSON.stringify(change) });
    const request = { method: 'PUT', path: '/permissions/pm-1', body: {}, caller: 'serviceAccount' } as const;
    const error = (await failureOf(client.request(request))) as DfnsApiError;
    expect(error).toMatchObject({ code: 'DFNS_POLICY_PENDING', upstreamStatus: 202, mayHaveHappened: true });
    expect(error.pending?.approvalId).toBe('ap-1');
    expect(error.pending).toEqual(change);
  });

  it('is an error of a ceremony too', async () => {
    const { finish } = await begun(sending(walletOf('ada')));
    const on = 'POST /wallets/{walletId}/transfers';
    world.sandbox.faults.add({ on, kind: 'status', status: 202, body: JSON.stringify(change) });
    await expect(finish()).rejects.toMatchObject({ code: 'DFNS_POLICY_PENDING', pending: change });
  });
});

describe('externalId of an action', () => {
  it('is put into the body that is signed, and returned', async () => {
    const walletId = walletOf('ada');
    const { finish, externalId } = await begun(sending(walletId, { externalId: 'order-1' }));
    expect(externalId).toBe('order-1');
    await expect(finish()).resolves.toMatchObject({
      externalId: 'order-1',
      requestBody: { ...BODY, externalId: 'order-1' },
    });
  });

  it('is made on request, and another one each time', async () => {
    const walletId = walletOf('ada');
    const one = await begun(sending(walletId, { externalId: true }));
    const other = await begun(sending(walletId, { externalId: true }));
    expect(one.externalId).toMatch(/^[0-9a-f-]{36}$/);
    expect(other.externalId).not.toBe(one.externalId);
    await expect(one.finish()).resolves.toMatchObject({ externalId: one.externalId });
  });

  it.each([
    ['reset', { kind: 'reset', when: 'after' }],
    ['truncate', { kind: 'truncate' }],
  ] as const)('makes one transfer only, if the answer is lost (%s) and the action is begun again', async (_, fault) => {
    const walletId = walletOf('ada');
    const action = sending(walletId, { externalId: `lost ${walletId}` });
    const first = await begun(action);
    world.sandbox.faults.add({ on: 'POST /wallets/{walletId}/transfers', ...fault });
    await expect(first.finish()).rejects.toMatchObject({ mayHaveHappened: true });
    const before = world.sandbox.requests.length;
    await expect(first.finish()).rejects.toMatchObject({ code: 'DFNS_CEREMONY_INVALID' });
    expect(world.operations(before)).toEqual([]);
    now += 60_000;
    const again = await begun(action);
    await expect(again.finish()).resolves.toMatchObject({ status: 'Confirmed', externalId: action.externalId });
    expect(transfersOf(walletId)).toHaveLength(1);
  });

  it('makes one transfer only, if two tabs finish the same order on two replicas at once', async () => {
    const walletId = walletOf('ada');
    const tabs = [1, 2, 3].map(() => begun(sending(walletId, { externalId: `tabs ${walletId}` })));
    const made = await Promise.all((await Promise.all(tabs)).map(({ finish }) => finish()));
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    expect(transfersOf(walletId)).toHaveLength(1);
  });

  it('of a transaction works in the same way', async () => {
    const walletId = walletOf('ada');
    const path = `/wallets/${walletId}/transactions`;
    const body = { kind: 'Evm', to: TO, value: '1' };
    const make = async () => (await begun(sending(walletId, { path, body, externalId: 'order-tx' }))).finish();
    expect((await make()).id).toBe((await make()).id);
  });

  it('that was used for something else is a conflict with the earlier request', async () => {
    const walletId = walletOf('ada');
    const { id } = await (await begun(sending(walletId, { externalId: 'order-2' }))).finish();
    const body = { ...BODY, amount: '2000' };
    const error = await failureOf((await begun(sending(walletId, { body, externalId: 'order-2' }))).finish());
    expect(error).toMatchObject({
      code: 'DFNS_CONFLICT',
      upstreamStatus: 409,
      mayHaveHappened: false,
      duplicate: { id, externalId: 'order-2' },
    });
    expect(transfersOf(walletId)).toHaveLength(1);
  });

  it('of somebody else is a conflict without an id', async () => {
    const request = { ...sending(walletOf()), body: { ...BODY, externalId: 'order-3' }, caller: 'serviceAccount' };
    await client.request(request as Parameters<DfnsClient['request']>[0]);
    const error = await failureOf((await begun(sending(walletOf('ada'), { externalId: 'order-3' }))).finish());
    expect((error as DfnsApiError).duplicate).toEqual({ externalId: 'order-3' });
  });

  it('is not refused for a body that has the same one', async () => {
    const body = { ...BODY, externalId: 'order-4' };
    await expect(
      (await begun(sending(walletOf('ada'), { body, externalId: 'order-4' }))).finish(),
    ).resolves.toMatchObject({
      externalId: 'order-4',
    });
  });

  it.each<[string, Partial<CeremonyAction>]>([
    ['is empty', { externalId: '' }],
    ['is too long', { externalId: 'x'.repeat(51) }],
    ['is no text', { externalId: 7 as never }],
    ['is false', { externalId: false as never }],
    ['is not the one of the body', { externalId: 'a', body: { ...BODY, externalId: 'b' } }],
    ['cannot be put into a text', { externalId: 'a', body: JSON.stringify(BODY) }],
    ['cannot be put into a list', { externalId: 'a', body: [BODY] }],
    ['has no body', { externalId: 'a', body: undefined as never }],
    ['only correlates there', { externalId: 'a', path: '/wallets' }],
    ['means nothing there', { externalId: 'a', path: '/wallets/wa-1/transfers/xfr-1/cancel' }],
    ['means nothing for this method', { externalId: 'a', method: 'PUT' }],
  ])('is refused before anything is sent, if it %s', async (_, more) => {
    const before = world.sandbox.requests.length;
    await expect(ceremonies.beginAction('ada', sending('wa-1', more))).rejects.toMatchObject({
      code: 'DFNS_BAD_REQUEST',
    });
    expect(world.operations(before)).toEqual([]);
  });
});
