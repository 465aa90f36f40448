import { DfnsError } from '@dfns/sdk';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Member, refusalOf, useOrganisation } from './support/organisation.js';

const org = useOrganisation();
let sdk: Member['sdk'];
let [eve, finn, gil, ada] = [] as unknown as [Member, Member, Member, Member];
beforeAll(() => {
  sdk = org.account.sdk;
  [eve, finn, gil] = ['eve', 'finn', 'gil'].map((name) => org.user(name, 'CustomerEmployee')) as [
    Member,
    Member,
    Member,
  ];
  ada = org.user('ada', 'EndUser');
});
/** Policies stay, so each test archives its own: the newest first, since it may guard older ones. */
const made: string[] = [];
afterEach(async () => {
  for (const id of made.splice(0).reverse()) await org.account.send('DELETE', `/v2/policies/${id}`);
});

type Body = Parameters<Member['sdk']['policies']['createPolicy']>[0]['body'];
const ALWAYS = { kind: 'AlwaysTrigger' } as const;
const APPROVE = { kind: 'RequestApproval', approvalGroups: [{ quorum: 1, approvers: {} }] } as const;
const TO = `0x${'d'.repeat(40)}`;
const ETHER = 10n ** 18n;
const POLICY = { name: 'every signature', activityKind: 'Wallets:Sign', rule: ALWAYS, action: APPROVE };

const SKIP = { skipUnscreenableTransaction: true, skipUnsupportedNetwork: true, skipUnsupportedAsset: true };
const CHAINALYSIS = {
  alerts: { alertLevel: 'HIGH', categoryIds: [3] },
  exposures: { direct: { categoryIds: [] } },
  fallbackBehaviours: { ...SKIP, skipChainalysisFailure: false },
};
const OF_VENDORS = {
  ChainalysisTransactionPrescreening: { configuration: { ...CHAINALYSIS, addresses: { categoryIds: [] } } },
  ChainalysisTransactionScreening: { configuration: { ...CHAINALYSIS, userIdTemplate: 'dfns:{wallet.id}' } },
  GlobalLedgerTransactionPrescreening: {
    configuration: { riskScoreThreshold: 70, fallbackBehaviours: { ...SKIP, skipGlobalLedgerFailure: false } },
  },
  TravelRuleTransactionPrescreening: { configuration: { vendor: 'Notabene', autoTriggerTimeoutSeconds: 60 } },
};

async function newPolicy(more: object = {}) {
  const policy = await eve.sdk.policies.createPolicy({ body: { ...POLICY, ...more } as unknown as Body });
  made.push(policy.id);
  return policy;
}
const newWallet = (delegateTo?: string) => org.sandbox.createWallet({ network: 'Ethereum', delegateTo }).id;
/** @param by the service account, if nobody else is given */
const transfer = (walletId: string, { ethers = 1n, by = org.account, to = TO } = {}) =>
  by.sdk.wallets.transferAsset({ walletId, body: { kind: 'Native', to, amount: String(ethers * ETHER) } });
const decide = (approvalId: string | undefined, by: Member, value: 'Approved' | 'Denied' = 'Approved') =>
  by.sdk.policies.createApprovalDecision({ approvalId: approvalId ?? '', body: { value } });

describe('a policy', () => {
  it('is made, read, listed, changed and archived', async () => {
    const policy = await newPolicy();
    expect(policy).toEqual({
      ...POLICY,
      id: expect.stringMatching(/^plc-/),
      status: 'Active',
      dateCreated: new Date(org.now).toISOString(),
      dateUpdated: new Date(org.now).toISOString(),
    });
    await expect(sdk.policies.getPolicy({ policyId: policy.id })).resolves.toEqual(policy);
    org.now += 1_000;
    const body = { ...POLICY, name: 'renamed' } as unknown as Body;
    const updated = await sdk.policies.updatePolicy({ policyId: policy.id, body });
    expect(updated).toEqual({ ...policy, name: 'renamed', dateUpdated: new Date(org.now).toISOString() });
    await expect(sdk.policies.archivePolicy({ policyId: policy.id })).resolves.toMatchObject({ status: 'Archived' });
    const { items } = await sdk.policies.listPolicies({ query: { status: 'Archived', limit: '1' } });
    expect(items).toMatchObject([{ id: policy.id, name: 'renamed' }]);
    expect(await refusalOf(sdk.policies.archivePolicy({ policyId: policy.id }))).toMatchObject({ status: 422 });
    expect(await refusalOf(sdk.policies.getPolicy({ policyId: 'plc-none' }))).toMatchObject({ status: 404 });
  });

  it.each([
    [{ activityKind: undefined }, /body\.activityKind/],
    [{ activityKind: 'Wallets:Dance' }, /body\.activityKind/],
    [{ name: undefined }, /body\.name is required/],
    [{ status: 'Active' }, /body\.status is not a known member/],
    [{ rule: { kind: 'Sometimes' } }, /body\.rule\.kind/],
    [{ rule: { kind: 'TransactionAmountLimit', configuration: { limit: '1', currency: 'USD' } } }, /limit must be/],
    [{ rule: { kind: 'TransactionAmountLimit', configuration: { limit: 1, currency: 'EUR' } } }, /currency/],
    [{ rule: { kind: 'TransactionCountVelocity', configuration: { limit: 1, timeframe: 43_201 } } }, /timeframe/],
    [{ rule: { kind: 'TravelRuleTransactionPrescreening', configuration: { vendor: 'Notabene' } } }, /autoTrigger/],
    [{ activityKind: 'Policies:Modify', filters: {} }, /body\.filters\.policyId is required/],
    [{ action: { kind: 'RequestApproval', approvalGroups: [] } }, /approvalGroups/],
    [{ action: { kind: 'RequestApproval', approvalGroups: [{ quorum: 0, approvers: {} }] } }, /approvalGroups/],
    [{ activityKind: 'Policies:Modify', action: { kind: 'Block' } }, /body\.action\.kind/],
    [{ activityKind: 'Permissions:Assign', action: { kind: 'NoAction' } }, /body\.action\.kind/],
  ])('is not made with %j', async (more, message) => {
    expect(await org.account.send('POST', '/v2/policies', { ...POLICY, ...more })).toMatchObject({
      status: 400,
      message: expect.stringMatching(message),
    });
  });

  it('is not for end users, and neither are approvals', async () => {
    for (const path of ['/v2/policies', '/v2/policy-approvals'])
      expect(await ada.send('POST', path === '/v2/policies' ? path : `${path}/ap-1/decisions`, POLICY)).toMatchObject({
        status: 403,
      });
    expect(await refusalOf(ada.sdk.policies.listApprovals())).toMatchObject({ status: 403 });
  });
});

describe('a transfer that a policy holds', () => {
  it('waits, and goes on by itself after the approval', async () => {
    const policy = await newPolicy();
    const walletId = newWallet();
    const held = await transfer(walletId);
    expect(held).toMatchObject({ status: 'Pending', approvalId: expect.stringMatching(/^ap-/) });
    const requested = org.now;
    org.now += 3_600_000;
    const approvalId = held.approvalId ?? '';
    const approval = await eve.sdk.policies.getApproval({ approvalId });
    expect(approval).toEqual({
      id: approvalId,
      initiatorId: org.account.userId,
      activity: { kind: 'Wallets:Sign', transferRequest: held },
      status: 'Pending',
      dateCreated: new Date(requested).toISOString(),
      dateUpdated: new Date(requested).toISOString(),
      policyEvaluations: [{ policyId: policy.id, triggered: true, reason: 'the rule always triggers' }],
      decisions: [],
    });
    const date = new Date(org.now).toISOString();
    await expect(decide(approvalId, eve)).resolves.toMatchObject({
      status: 'Approved',
      dateResolved: date,
      decisions: [{ userId: eve.userId, date, reason: null, value: 'Approved' }],
    });
    const get = () => sdk.wallets.getTransfer({ walletId, transferId: held.id });
    await expect(get()).resolves.toMatchObject({ status: 'Pending', datePolicyResolved: date });
    org.now += 5_000;
    await expect(get()).resolves.toMatchObject({ status: 'Confirmed', approvalId });
    expect(org.taken()).toEqual([
      'wallet.transfer.requested Pending',
      'policy.triggered',
      'policy.approval.pending Pending',
      'policy.approval.resolved Approved',
      'wallet.transfer.broadcasted Broadcasted',
      'wallet.transfer.confirmed Confirmed',
    ]);
  });

  it('is rejected after a denial', async () => {
    await newPolicy();
    const walletId = newWallet();
    const { id: transferId, approvalId } = await transfer(walletId);
    await decide(approvalId, finn, 'Denied');
    org.now += 60_000;
    await expect(sdk.wallets.getTransfer({ walletId, transferId })).resolves.toMatchObject({
      status: 'Rejected',
      reason: `approval ${approvalId} was denied`,
    });
    expect(org.taken().slice(-2)).toEqual(['policy.approval.resolved Denied', 'wallet.transfer.rejected Rejected']);
  });

  it('is rejected when its time is up, and no earlier', async () => {
    await newPolicy({ action: { ...APPROVE, autoRejectTimeout: 10 } });
    await newPolicy({ action: { ...APPROVE, autoRejectTimeout: 20 } });
    const walletId = newWallet();
    const { id: transferId, approvalId = '' } = await transfer(walletId);
    org.now += 10 * 60_000 - 1;
    await expect(sdk.policies.getApproval({ approvalId })).resolves.toMatchObject({
      status: 'Pending',
      expirationDate: new Date(org.now + 1).toISOString(),
    });
    org.now += 1;
    await expect(sdk.policies.getApproval({ approvalId })).resolves.toMatchObject({ status: 'Expired' });
    await expect(sdk.wallets.getTransfer({ walletId, transferId })).resolves.toMatchObject({ status: 'Rejected' });
    expect(org.taken().slice(-2)).toEqual(['policy.approval.resolved Expired', 'wallet.transfer.rejected Rejected']);
    expect(await refusalOf(decide(approvalId, eve))).toMatchObject({ status: 422 });
  });

  it('is decided by hand too, and goes on only after that', async () => {
    await newPolicy();
    const walletId = newWallet();
    const [one, two, three] = [await transfer(walletId), await transfer(walletId), await transfer(walletId)];
    for (const change of ['broadcast', 'confirm', 'fail', 'reject'] as const) {
      expect(() => org.sandbox.transfers[change](one.id)).toThrow(`waits for the approval ${one.approvalId}`);
    }
    expect(org.sandbox.approvals.approve(one.approvalId ?? '')).toMatchObject({ status: 'Approved', decisions: [] });
    expect(org.sandbox.approvals.deny(two.approvalId ?? '')).toMatchObject({ status: 'Denied' });
    expect(org.sandbox.approvals.expire(three.approvalId ?? '')).toMatchObject({ status: 'Expired' });
    expect(() => org.sandbox.approvals.deny(one.approvalId ?? '')).toThrow('is Approved');
    expect(org.sandbox.transfers.confirm(one.id)).toMatchObject({ status: 'Confirmed' });
    const ids = [one.approvalId, two.approvalId, three.approvalId];
    expect(org.sandbox.approvals.list().flatMap(({ id, status }) => (ids.includes(id) ? [status] : []))).toEqual([
      'Approved',
      'Denied',
      'Expired',
    ]);
  });

  it('gives the same answer to the same externalId', async () => {
    await newPolicy();
    const walletId = newWallet();
    const body = { kind: 'Native', to: TO, amount: '1', externalId: 'held' } as const;
    const first = await sdk.wallets.transferAsset({ walletId, body });
    await expect(sdk.wallets.transferAsset({ walletId, body })).resolves.toEqual(first);
  });

  it('is not held for the delegated wallet of an end user', async () => {
    await newPolicy({ action: { kind: 'Block' } });
    const held = await transfer(newWallet('ada'), { by: ada });
    expect(held.status).toBe('Pending');
    expect(held).not.toHaveProperty('approvalId');
    expect(org.taken()).toEqual(['wallet.transfer.requested Pending']);
  });
});

describe('transactions and signatures', () => {
  it('are held in the same way', async () => {
    await newPolicy();
    const { id: walletId, signingKey } = org.sandbox.createWallet({ network: 'Ethereum' });
    const transaction = await sdk.wallets.broadcastTransaction({ walletId, body: { kind: 'Evm', to: TO, value: '1' } });
    const body = { kind: 'Hash', hash: 'ab'.repeat(32) } as const;
    const byKey = await sdk.keys.generateSignature({ keyId: signingKey.id, body });
    const byWallet = await sdk.wallets.generateSignature({ walletId, body });
    for (const held of [transaction, byKey, byWallet]) {
      expect(held).toMatchObject({ status: 'Pending', approvalId: expect.any(String) });
    }
    expect(byKey).not.toHaveProperty('signature');
    await decide(byKey.approvalId, eve);
    await decide(byWallet.approvalId, eve, 'Denied');
    await expect(sdk.keys.getSignature({ keyId: signingKey.id, signatureId: byKey.id })).resolves.toMatchObject({
      status: 'Signed',
      signature: { r: expect.any(String) },
      datePolicyResolved: new Date(org.now).toISOString(),
    });
    await expect(sdk.wallets.getSignature({ walletId, signatureId: byWallet.id })).resolves.toMatchObject({
      status: 'Rejected',
    });
    const { activity } = await eve.sdk.policies.getApproval({ approvalId: transaction.approvalId ?? '' });
    expect(activity).toMatchObject({ kind: 'Wallets:Sign', transactionRequest: { id: transaction.id } });
  });
});

describe('a policy that blocks', () => {
  it('beats one that asks for an approval', async () => {
    await newPolicy();
    const { id } = await newPolicy({ action: { kind: 'Block' } });
    await expect(transfer(newWallet())).resolves.toMatchObject({
      status: 'Rejected',
      reason: `blocked by policy ${id}`,
    });
    expect(org.taken()).toEqual([
      'wallet.transfer.requested Pending',
      'policy.triggered',
      'policy.triggered',
      'wallet.transfer.rejected Rejected',
    ]);
  });

  it('without an action only tells', async () => {
    const { id: policyId } = await newPolicy({ action: { kind: 'NoAction' } });
    expect((await transfer(newWallet())).approvalId).toBeUndefined();
    expect(org.events[1]).toMatchObject({
      kind: 'policy.triggered',
      data: { policyEvaluation: { id: expect.stringMatching(/^plce-/), triggered: true, policy: { id: policyId } } },
    });
  });
});

describe('rules', () => {
  const isHeld = async (...given: Parameters<typeof transfer>) => (await transfer(...given)).approvalId !== undefined;

  it('TransactionAmountLimit: one ether is worth 100 USD in the sandbox', async () => {
    await newPolicy({ rule: { kind: 'TransactionAmountLimit', configuration: { limit: 300, currency: 'USD' } } });
    const walletId = newWallet();
    expect([await isHeld(walletId, { ethers: 3n }), await isHeld(walletId, { ethers: 4n })]).toEqual([false, true]);
    const unknown = { kind: 'Erc20', contract: TO, to: TO, amount: '1' } as const;
    const held = await sdk.wallets.transferAsset({ walletId, body: unknown });
    expect(held.approvalId).toEqual(expect.any(String));
  });

  it('TransactionAmountVelocity: adds what the wallet moved in the time', async () => {
    const configuration = { limit: 300, currency: 'USD', timeframe: 10 };
    await newPolicy({ rule: { kind: 'TransactionAmountVelocity', configuration } });
    const [walletId, other] = [newWallet(), newWallet()];
    expect([await isHeld(walletId, { ethers: 2n }), await isHeld(walletId, { ethers: 2n })]).toEqual([false, true]);
    expect(await isHeld(other, { ethers: 2n })).toBe(false);
    org.now += 10 * 60_000;
    expect(await isHeld(walletId, { ethers: 2n })).toBe(false);
  });

  it('TransactionCountVelocity: counts what the wallet did in the time', async () => {
    await newPolicy({ rule: { kind: 'TransactionCountVelocity', configuration: { limit: 2, timeframe: 1 } } });
    const walletId = newWallet();
    const held = [await isHeld(walletId), await isHeld(walletId), await isHeld(walletId)];
    expect(held).toEqual([false, false, true]);
    org.now += 60_000;
    expect(await isHeld(walletId)).toBe(false);
  });

  it('TransactionRecipientWhitelist: in any letter case, and holds what has no recipient', async () => {
    const configuration = { addresses: [`0x${'A'.repeat(40)}`] };
    await newPolicy({ rule: { kind: 'TransactionRecipientWhitelist', configuration } });
    const walletId = newWallet();
    expect(await isHeld(walletId, { to: `0x${'a'.repeat(40)}` })).toBe(false);
    expect(await isHeld(walletId, { to: TO })).toBe(true);
    const body = { kind: 'Hash', hash: 'ab'.repeat(32) } as const;
    await expect(sdk.wallets.generateSignature({ walletId, body })).resolves.toMatchObject({ status: 'Pending' });
  });

  it('with filters are for some wallets', async () => {
    const walletId = newWallet();
    await newPolicy({
      filters: { walletId: { in: [walletId] }, walletTags: { hasAny: ['a', 'b'], hasAll: ['b', 'c'] } },
    });
    const tag = (tags: string[]) => sdk.wallets.tagWallet({ walletId, body: { tags } });
    expect(await isHeld(walletId)).toBe(false);
    await tag(['b']);
    expect(await isHeld(walletId)).toBe(false);
    await tag(['c']);
    expect([await isHeld(walletId), await isHeld(newWallet())]).toEqual([true, false]);
  });

  it.each(Object.entries(OF_VENDORS))('%s never triggers, since the sandbox has no vendor', async (kind, rule) => {
    const ofIncoming = { activityKind: 'Wallets:IncomingTransaction', action: { kind: 'NoAction' } };
    await newPolicy({ rule: { kind, ...rule }, ...(kind === 'ChainalysisTransactionScreening' && ofIncoming) });
    expect(await isHeld(newWallet())).toBe(false);
  });
});

describe('decisions', () => {
  const groups = (...approvalGroups: object[]) => ({ action: { kind: 'RequestApproval', approvalGroups } });
  const only = (quorum: number, ...members: Member[]) => ({
    quorum,
    approvers: { userId: { in: members.map(({ userId }) => userId) } },
  });

  it('count in every group of every policy, and each group needs its quorum', async () => {
    await newPolicy(groups(only(2, eve, finn, gil), only(1, finn)));
    await newPolicy(groups(only(1, gil)));
    const { approvalId } = await transfer(newWallet());
    await expect(decide(approvalId, eve)).resolves.toMatchObject({ status: 'Pending' });
    await expect(decide(approvalId, finn)).resolves.toMatchObject({ status: 'Pending' });
    await expect(decide(approvalId, gil)).resolves.toMatchObject({ status: 'Approved' });
  });

  it('are of members only, and one for each', async () => {
    await newPolicy(groups(only(2, eve, finn)));
    const { approvalId } = await transfer(newWallet());
    expect(await refusalOf(decide(approvalId, gil))).toMatchObject({ status: 403 });
    await decide(approvalId, eve);
    expect(await refusalOf(decide(approvalId, eve, 'Denied'))).toMatchObject({ status: 409 });
    await expect(decide(approvalId, finn, 'Denied')).resolves.toMatchObject({ status: 'Denied' });
    expect(await refusalOf(decide('ap-none', eve))).toMatchObject({ status: 404, message: 'approval not found' });
  });

  it('of the initiator are denials, unless the group says more', async () => {
    await newPolicy();
    const { approvalId } = await transfer(newWallet(), { by: eve });
    expect(await refusalOf(decide(approvalId, eve))).toMatchObject({ status: 403 });
    await expect(decide(approvalId, eve, 'Denied')).resolves.toMatchObject({ status: 'Denied' });
    await newPolicy(groups({ quorum: 1, approvers: {}, initiatorCanApprove: true }));
    await eve.sdk.policies.archivePolicy({ policyId: made[0] ?? '' });
    const own = await transfer(newWallet(), { by: eve });
    await expect(decide(own.approvalId, eve)).resolves.toMatchObject({ status: 'Approved' });
  });

  it('of a service account need its name and the permission of the group', async () => {
    await newPolicy();
    const first = await transfer(newWallet(), { by: eve });
    expect(await refusalOf(decide(first.approvalId, org.account))).toMatchObject({ status: 403 });
    await newPolicy(groups({ ...only(1, org.account), serviceAccountsCanApprove: true }));
    await eve.sdk.policies.archivePolicy({ policyId: made[0] ?? '' });
    const second = await transfer(newWallet(), { by: eve });
    await expect(decide(second.approvalId, org.account)).resolves.toMatchObject({ status: 'Approved' });
  });

  it('are found by status, initiator and approver', async () => {
    await newPolicy(groups(only(1, gil)));
    const { approvalId } = await transfer(newWallet(), { by: finn });
    const found = async (query: object) => {
      const { items } = await sdk.policies.listApprovals({ query: { ...query, limit: '200' } });
      return items.some(({ id }) => id === approvalId);
    };
    expect(await found({ status: 'Pending', initiatorId: finn.userId, approverId: gil.userId })).toBe(true);
    for (const other of [
      { status: 'Denied' },
      { initiatorId: eve.userId },
      { approverId: eve.userId },
      { approverId: 'us-0' },
    ]) {
      expect(await found(other)).toBe(false);
    }
    expect((await sdk.policies.listApprovals()).items.length).toBeLessThanOrEqual(20);
  });
});

describe('a change of a policy', () => {
  it('that another policy holds is answered 202, and made after the approval', async () => {
    const target = await newPolicy({ rule: ALWAYS, action: { kind: 'NoAction' } });
    await newPolicy({ activityKind: 'Policies:Modify', filters: { policyId: { in: [target.id] } } });
    const body = { ...POLICY, name: 'stricter' } as unknown as Body;
    const error = await sdk.policies.updatePolicy({ policyId: target.id, body }).catch((failure) => failure);
    expect(error).toBeInstanceOf(DfnsError);
    expect(error).toMatchObject({
      httpStatus: 202,
      context: {
        id: expect.stringMatching(/^cr-/),
        kind: 'Policy',
        operationKind: 'Update',
        status: 'Pending',
        requester: { userId: org.account.userId, tokenId: expect.any(String) },
        entityId: target.id,
        approvalId: expect.stringMatching(/^ap-/),
        body: { name: 'stricter', id: target.id },
      },
    });
    const { pendingChangeRequest } = (await sdk.policies.getPolicy({ policyId: target.id })) as {
      pendingChangeRequest?: unknown;
    };
    expect(pendingChangeRequest).toEqual(error.context);
    expect(await refusalOf(sdk.policies.archivePolicy({ policyId: target.id }))).toMatchObject({ status: 422 });
    const approval = await decide(error.context.approvalId, eve);
    expect(approval.activity).toMatchObject({ kind: 'Policies:Modify', changeRequest: { status: 'Applied' } });
    const changed = await sdk.policies.getPolicy({ policyId: target.id });
    expect(changed).toMatchObject({ name: 'stricter' });
    expect(changed).not.toHaveProperty('pendingChangeRequest');
  });

  it('is not made after a denial', async () => {
    const target = await newPolicy();
    await newPolicy({ activityKind: 'Policies:Modify', filters: { policyId: { in: [target.id] } } });
    const error = await sdk.policies.archivePolicy({ policyId: target.id }).catch((failure) => failure);
    await decide(error.context.approvalId, finn, 'Denied');
    await expect(sdk.policies.getPolicy({ policyId: target.id })).resolves.toEqual(target);
  });
});
