import type { DfnsApiClient } from '@dfns/sdk';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { PERMISSION_NAMES } from '../src/access/permission-names.js';
import { useSandbox } from './support/checked-sandbox.js';
import { signedCall, signingClient } from './support/clients.js';

const refused = (httpStatus: number) => expect.objectContaining({ httpStatus });
const dfns = useSandbox();
let admin: DfnsApiClient;
let adminToken: string;
let count = 0;

beforeAll(() => {
  const {
    username,
    credId = '',
    privateKey,
  } = dfns.sandbox.createUser({ username: 'admin', kind: 'CustomerEmployee' });
  adminToken = dfns.sandbox.issueUserToken(username);
  admin = signingClient(dfns, { authToken: adminToken, credId, privateKey });
});

function newAccount(permissions: string[]) {
  const account = dfns.sandbox.createServiceAccount({ permissions });
  return { ...account, client: signingClient(dfns, account) };
}

async function created(operations: ('Wallets:Read' | 'Auth:Users:Read')[] = ['Wallets:Read']) {
  count += 1;
  return admin.permissions.createPermission({ body: { name: `role ${count}`, operations } });
}

describe('permissions', () => {
  it('are created, read and changed', async () => {
    const made = await created();
    const shown = { operations: ['Wallets:Read'], status: 'Active', isImmutable: false, isArchived: false };
    expect(made).toMatchObject({ ...shown, id: expect.stringMatching(/^pm-\w{5}-\w{5}-\w{16}$/) });
    await expect(admin.permissions.getPermission({ permissionId: made.id })).resolves.toEqual(made);
    const body = { name: `${made.name}!`, operations: ['Keys:Read' as const] };
    const changed = await admin.permissions.updatePermission({ permissionId: made.id, body });
    expect(changed).toMatchObject({ id: made.id, ...body });
  });

  it('are listed in pages, the managed ones too', async () => {
    await created();
    const names: string[] = [];
    let paginationToken: string | undefined;
    do {
      const page = await admin.permissions.listPermissions({ query: { limit: 2, paginationToken } });
      names.push(...page.items.map(({ name }) => name));
      paginationToken = page.nextPageToken;
    } while (paginationToken);
    expect(names).toEqual(expect.arrayContaining(['ManagedFullAdminAccess', 'ManagedDefaultEndUserAccess']));
    expect(new Set(names).size).toBe(names.length);
  });

  it('have a name of their own, also in the archive', async () => {
    const { id, name, operations } = await created();
    await admin.permissions.archivePermission({ permissionId: id, body: { isArchived: true } });
    const body = { name, operations: operations as 'Wallets:Read'[] };
    await expect(admin.permissions.createPermission({ body })).rejects.toEqual(refused(409));
    const other = await created();
    const taken = admin.permissions.updatePermission({ permissionId: other.id, body: { name } });
    await expect(taken).rejects.toEqual(refused(409));
    const same = admin.permissions.updatePermission({ permissionId: other.id, body: { name: other.name } });
    await expect(same).resolves.toMatchObject({ name: other.name });
  });

  it('work from the moment they are assigned until they are revoked', async () => {
    const { id: permissionId } = await created(['Auth:Users:Read']);
    const { userId: identityId, client } = newAccount([]);
    await expect(client.auth.listUsers()).rejects.toEqual(refused(403));
    const assignment = await admin.permissions.createAssignment({ permissionId, body: { identityId } });
    expect(assignment).toMatchObject({ permissionId, identityId, isImmutable: false });
    await expect(client.auth.listUsers()).resolves.toHaveProperty('items');
    await expect(admin.permissions.listAssignments({ permissionId })).resolves.toEqual({ items: [assignment] });
    const again = admin.permissions.createAssignment({ permissionId, body: { identityId } });
    await expect(again).rejects.toEqual(refused(409));
    const assignmentId = assignment.id;
    const revoked = admin.permissions.deleteAssignment({ permissionId, assignmentId, query: { force: true } });
    await expect(revoked).resolves.toBeUndefined();
    await expect(client.auth.listUsers()).rejects.toEqual(refused(403));
    await expect(admin.permissions.deleteAssignment({ permissionId, assignmentId })).rejects.toEqual(refused(404));
  });

  it('are revoked with an answer without a body', async () => {
    const { id: permissionId } = await created();
    const { assignmentId } = dfns.sandbox.assignPermission({ permissionId, identityId: newAccount([]).userId });
    const path = `/permissions/${permissionId}/assignments/${assignmentId}`;
    const revoked = await signedCall(dfns, newAccount(['Permissions:Revoke']), 'DELETE', path);
    expect(revoked).toMatchObject({ status: 204, text: '' });
    const odd = await signedCall(dfns, newAccount(['Permissions:Revoke']), 'DELETE', `${path}?force=maybe`);
    expect(odd).toMatchObject({ status: 400, message: expect.stringMatching(/force must be true or false/) });
  });

  it('allow nothing in the archive, and can leave it', async () => {
    const { id: permissionId } = await created(['Auth:Users:Read']);
    const { userId: identityId, client } = newAccount([]);
    dfns.sandbox.assignPermission({ permissionId, identityId });
    const archive = (isArchived: boolean) =>
      admin.permissions.archivePermission({ permissionId, body: { isArchived } });
    await expect(archive(true)).resolves.toMatchObject({ isArchived: true, status: 'Active' });
    await expect(client.auth.listUsers()).rejects.toEqual(refused(403));
    const body = { identityId: newAccount([]).userId };
    await expect(admin.permissions.createAssignment({ permissionId, body })).rejects.toEqual(refused(422));
    await expect(archive(false)).resolves.toMatchObject({ isArchived: false });
    await expect(client.auth.listUsers()).resolves.toHaveProperty('items');
  });

  it('that Dfns manages for administrators cannot be changed; the one of end users can', async () => {
    const { items } = await admin.permissions.listPermissions({ query: { limit: 200 } });
    const idOf = (name: string) => items.find((item) => item.name === name)?.id ?? '';
    const body = { operations: ['Wallets:Read' as const] };
    const managed = { permissionId: idOf('ManagedFullAdminAccess'), body };
    await expect(admin.permissions.updatePermission(managed)).rejects.toEqual(refused(422));
    dfns.sandbox.createUser({ username: 'end user' });
    await admin.permissions.updatePermission({ permissionId: idOf('ManagedDefaultEndUserAccess'), body });
    expect(dfns.sandbox.user('end user')?.permissions).toEqual(['Wallets:Read']);
  });

  it('are assigned to personal access tokens too, and then limit them', async () => {
    const { id: permissionId } = await created(['Wallets:Read']);
    const token = dfns.sandbox.createPersonalAccessToken({ username: 'admin' });
    const client = signingClient(dfns, token);
    await expect(client.auth.listUsers()).resolves.toHaveProperty('items');
    const assigned = await admin.permissions.createAssignment({ permissionId, body: { identityId: token.tokenId } });
    await expect(client.auth.listUsers()).rejects.toEqual(refused(403));
    await admin.permissions.deleteAssignment({ permissionId, assignmentId: assigned.id });
    await expect(client.auth.listUsers()).rejects.toEqual(refused(403));
  });

  it('are shown on the identities that have them', async () => {
    const { id: permissionId, name } = await created();
    const { userId } = dfns.sandbox.createUser({ username: `holder of ${name}`, permissions: ['Keys:Read'] });
    dfns.sandbox.assignPermission({ permissionId, identityId: userId });
    const { permissions, permissionAssignments } = await admin.auth.getUser({ userId });
    expect(permissions).toEqual(['Keys:Read', 'Wallets:Read']);
    expect(permissionAssignments).toMatchObject([
      {},
      { permissionName: name, permissionId, operations: ['Wallets:Read'] },
    ]);
  });

  it.each([
    ['an unknown operation', { name: 'x', operations: ['Wallets:Fly'] }, /operations\[0\]/],
    ['no operation', { name: 'x', operations: [] }, /operations must be a list of one/],
    ['an unknown member', { name: 'x', operations: ['Wallets:Read'], more: 1 }, /more is not a known member/],
  ])('are refused with %s', async (_, body, problem) => {
    const account = newAccount(['Permissions:Create']);
    const answer = await signedCall(dfns, account, 'POST', '/permissions', body);
    expect(answer).toMatchObject({ status: 400, message: expect.stringMatching(problem) });
  });

  it('and unknown things are refused in words', async () => {
    const permissionId = 'pm-xxxxx-xxxxx-xxxxxxxxxxxxxxxx';
    await expect(admin.permissions.getPermission({ permissionId })).rejects.toMatchObject({
      httpStatus: 404,
      message: 'permission not found',
    });
    const { id } = await created();
    const assigned = admin.permissions.createAssignment({ permissionId: id, body: { identityId: 'us-1' } });
    await expect(assigned).rejects.toMatchObject({ httpStatus: 404, message: 'identity not found' });
    expect(await dfns.call('GET', '/permissions?limit=0', { token: adminToken })).toMatchObject({ status: 400 });
    expect(await dfns.call('GET', '/permissions?paginationToken=', { token: adminToken })).toMatchObject({
      status: 400,
    });
  });
});

describe('the names of permissions', () => {
  const operations: [string, string[][], (client: DfnsApiClient) => Promise<unknown>][] = [
    [
      'archive a permission',
      [['Permissions:Archive'], ['Permissions:Delete']],
      async ({ permissions }) =>
        permissions.archivePermission({ permissionId: (await created()).id, body: { isArchived: true } }),
    ],
    [
      'assign a permission',
      [['Permissions:Assign'], ['PermissionAssignments:Create']],
      async ({ permissions }) =>
        permissions.createAssignment({
          permissionId: (await created()).id,
          body: { identityId: newAccount([]).userId },
        }),
    ],
    [
      'read assignments',
      [['Permissions:Assignments:Read'], ['PermissionAssignments:Read']],
      async ({ permissions }) => permissions.listAssignments({ permissionId: (await created()).id }),
    ],
    [
      'rename a service account',
      [['Auth:ServiceAccounts:Update'], ['Auth:Apps:Update', 'Auth:Types:ServiceAccount']],
      ({ auth }) => auth.updateServiceAccount({ serviceAccountId: newAccount([]).userId, body: { name: 'x' } }),
    ],
    [
      'read service accounts',
      [['Auth:ServiceAccounts:Read'], ['Auth:Apps:Read', 'Auth:Types:ServiceAccount']],
      ({ auth }) => auth.listServiceAccounts(),
    ],
    ['read applications', [['Auth:Apps:Read']], ({ auth }) => auth.listApplications()],
  ];

  it.each(operations)('to %s are accepted in all generations', async (_, generations, act) => {
    await expect(act(newAccount(['Wallets:Read']).client)).rejects.toEqual(refused(403));
    for (const permissions of generations) await act(newAccount(permissions).client);
  });

  it('are known in three generations', () => {
    const generations = [
      ['Auth:Users:Delegate', 'Auth:Login:Delegated', 'Auth:Delegated:Login'],
      ['Wallets:TransferAsset', 'Wallets:Transfers:Create', 'Wallets:Transfers:Create'],
      ['Wallets:Tags:Create', 'Wallets:Tags:Delete', 'Wallets:Tags:Remove'],
      ['Policies:Approvals:Approve', 'Policies:Approvals:Read', 'Policies:Evaluations:Vote'],
      ['Wallets:Delegate', 'Keys:Derive', 'Keys:Vrf:Derive'],
    ];
    for (const name of generations.flat()) expect([name, PERMISSION_NAMES.has(name)]).toEqual([name, true]);
  });
});

describe('applications', () => {
  it('are gone', async () => {
    await expect(admin.auth.listApplications()).resolves.toEqual({ items: [] });
    await expect(admin.auth.getApplication({ appId: 'ap-1' })).rejects.toMatchObject({
      httpStatus: 404,
      message: 'application not found',
    });
  });
});

describe('changes that a policy holds', () => {
  const hold = (activityKind: 'Permissions:Modify' | 'Permissions:Assign', permissionId: string) =>
    dfns.sandbox.createPolicy({
      name: `hold ${activityKind}`,
      activityKind,
      rule: { kind: 'AlwaysTrigger' },
      action: { kind: 'RequestApproval', approvalGroups: [{ quorum: 1, approvers: {} }] },
      filters: { permissionId: { in: [permissionId] } },
    });
  const waiting = () => dfns.sandbox.approvals.list().filter(({ status }) => status === 'Pending');

  it.each([
    ['approve', ['Keys:Read']],
    ['deny', ['Wallets:Read']],
  ] as const)('of a permission wait for an approval: %s', async (decision, operations) => {
    const { id: permissionId } = await created();
    hold('Permissions:Modify', permissionId);
    const change = { permissionId, body: { operations: ['Keys:Read' as const] } };
    await expect(admin.permissions.updatePermission(change)).rejects.toMatchObject({ httpStatus: 202 });
    const held = await admin.permissions.getPermission({ permissionId });
    expect(held).toMatchObject({ operations: ['Wallets:Read'], pendingChangeRequest: { status: 'Pending' } });
    await expect(admin.permissions.updatePermission(change)).rejects.toEqual(refused(422));
    for (const { id } of waiting()) dfns.sandbox.approvals[decision](id);
    const after = await admin.permissions.getPermission({ permissionId });
    expect([after.operations, after.pendingChangeRequest]).toEqual([operations, undefined]);
  });

  it('of who has a permission wait for an approval', async () => {
    const { id: permissionId } = await created();
    const { userId: identityId, client } = newAccount([]);
    hold('Permissions:Assign', permissionId);
    const assigning = admin.permissions.createAssignment({ permissionId, body: { identityId } });
    await expect(assigning).rejects.toMatchObject({ httpStatus: 202 });
    await expect(client.wallets.listWallets()).rejects.toEqual(refused(403));
    for (const { id } of waiting()) dfns.sandbox.approvals.approve(id);
    await expect(client.wallets.listWallets()).resolves.toMatchObject({ items: expect.any(Array) });
    const { items } = await admin.permissions.listAssignments({ permissionId });
    const revoking = { permissionId, assignmentId: items[0]?.id ?? '' };
    await expect(admin.permissions.deleteAssignment(revoking)).rejects.toMatchObject({ httpStatus: 202 });
    for (const { id } of waiting()) dfns.sandbox.approvals.approve(id);
    await expect(client.wallets.listWallets()).rejects.toEqual(refused(403));
  });

  it('of who has a permission do not hold the permission itself, and are made once', async () => {
    const { id: permissionId } = await created();
    const { userId: identityId } = newAccount([]);
    hold('Permissions:Assign', permissionId);
    const assign = () => admin.permissions.createAssignment({ permissionId, body: { identityId } });
    for (const _ of ['once', 'twice']) await expect(assign()).rejects.toMatchObject({ httpStatus: 202 });
    const body = { operations: ['Keys:Read' as const] };
    const changed = await admin.permissions.updatePermission({ permissionId, body });
    expect(changed).toMatchObject(body);
    for (const { id } of waiting()) dfns.sandbox.approvals.approve(id);
    const { items } = await admin.permissions.listAssignments({ permissionId });
    expect(items).toHaveLength(1);
    // The judge looks at the approvals, too.
    const { items: approvals } = await admin.policies.listApprovals({});
    const changes = approvals.flatMap(({ activity }) => ('changeRequest' in activity ? [activity.changeRequest] : []));
    const ofTwo = changes.filter(({ body }) => 'identityId' in body && body.identityId === identityId);
    expect(ofTwo).toHaveLength(2);
    expect(ofTwo).toEqual(
      expect.arrayContaining(['Applied', 'Failed'].map((status) => expect.objectContaining({ status }))),
    );
  });
});
