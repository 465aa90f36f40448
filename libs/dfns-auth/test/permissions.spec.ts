import { beforeAll, describe, expect, it } from '@jest/globals';
import { DfnsPermissions } from 'nestjs-dfns-auth';
import { startManager } from './support/managing-account.js';
import { useSandbox } from './support/use-sandbox.js';

const PERMISSIONS = ['Create', 'Read', 'Update', 'Archive', 'Assign', 'Revoke', 'Assignments:Read'].map(
  (name) => `Permissions:${name}`,
);
/** Two pages of the usual size, and a part of a third one. */
const MANY = 120;

describe('permissions', () => {
  const world = useSandbox();
  let permissions: DfnsPermissions;

  beforeAll(async () => {
    permissions = (await startManager(world, PERMISSIONS)).context.get(DfnsPermissions);
  });

  it('are created, read, changed, archived and taken out of the archive', async () => {
    const { id } = await permissions.create({ name: 'readers', operations: ['Wallets:Read'] });
    await expect(permissions.get(id)).resolves.toMatchObject({ name: 'readers', operations: ['Wallets:Read'] });
    await expect(permissions.update(id, { operations: ['Keys:Read'] })).resolves.toMatchObject({
      name: 'readers',
      operations: ['Keys:Read'],
    });
    await expect(permissions.archive(id)).resolves.toMatchObject({ isArchived: true, status: 'Active' });
    await expect(permissions.unarchive(id)).resolves.toMatchObject({ isArchived: false });
    await expect(permissions.create({ name: 'readers', operations: ['Keys:Read'] })).rejects.toMatchObject({
      code: 'DFNS_CONFLICT',
    });
    await expect(permissions.get('pm-aaaaa-bbbbb-cccccccccccccccc')).rejects.toMatchObject({ code: 'DFNS_NOT_FOUND' });
  });

  it('are iterated page by page, each permission and each assignment once', async () => {
    for (let i = 0; i < MANY; i += 1) {
      world.sandbox.createPermission({ name: `many ${i}`, operations: ['Keys:Read'] });
    }
    const before = world.sandbox.requests.length;
    const names = new Set<string>();
    for await (const { name } of permissions.all()) names.add(name);
    expect([...names].filter((name) => name.startsWith('many '))).toHaveLength(MANY);
    expect(world.operations(before)).toHaveLength(3);

    const { id } = await permissions.create({ name: 'shared', operations: ['Keys:Read'] });
    for (let i = 0; i < MANY; i += 1) {
      const { userId } = world.sandbox.createUser({ username: `holder-${i}`, registered: false });
      world.sandbox.assignPermission({ permissionId: id, identityId: userId });
    }
    const holders = new Set<string>();
    for await (const { identityId } of permissions.allAssignments(id)) holders.add(identityId);
    expect(holders.size).toBe(MANY);
    const page = await permissions.listAssignments(id, { limit: 2 });
    expect(page.items).toHaveLength(2);
    const next = await permissions.listAssignments(id, { limit: 200, paginationToken: page.nextPageToken });
    expect([next.items.length, next.nextPageToken]).toEqual([MANY - 2, undefined]);
  });

  it('are given and taken away, and the answer without a body is a success', async () => {
    const { id } = await permissions.create({ name: 'signers', operations: ['Keys:Signatures:Create'] });
    const { userId } = world.sandbox.createUser({ username: 'ada', permissions: ['Wallets:Read'] });
    const assignment = await permissions.assign(id, userId);
    expect(assignment).toMatchObject({ permissionId: id, identityId: userId });
    expect(world.sandbox.user('ada')?.permissions).toEqual(['Wallets:Read', 'Keys:Signatures:Create']);
    await expect(permissions.assign(id, userId)).rejects.toMatchObject({ code: 'DFNS_CONFLICT' });
    await expect(permissions.revoke(id, assignment.id)).resolves.toBeUndefined();
    expect(world.sandbox.user('ada')?.permissions).toEqual(['Wallets:Read']);
    await expect(permissions.revoke(id, assignment.id, { force: true })).rejects.toMatchObject({
      code: 'DFNS_NOT_FOUND',
    });
    expect(world.sandbox.requests.at(-1)?.path).toBe(`/permissions/${id}/assignments/${assignment.id}?force=true`);
  });

  it.each(['', '{}', '{"anything":1}'])('are taken away, also if the answer is %j', async (body) => {
    const on = 'DELETE /permissions/{permissionId}/assignments/{assignmentId}';
    world.sandbox.faults.add({ on, kind: 'status', status: 200, body });
    await expect(permissions.revoke('pm-1', 'as-1')).resolves.toBeUndefined();
  });

  it('throw DFNS_POLICY_PENDING if the change waits for an approval', async () => {
    const body = JSON.stringify({ id: 'cr-1', kind: 'Permission', status: 'Pending', approvalId: 'ap-1' });
    world.sandbox.faults.add({ on: 'PUT /permissions/{permissionId}', kind: 'status', status: 202, body });
    await expect(permissions.update('pm-1', { name: 'x' })).rejects.toMatchObject({ code: 'DFNS_POLICY_PENDING' });
  });

  it.each([
    ['no operations', { name: 'x', operations: [] }],
    ['a name that is no name', { name: 'x', operations: ['Wallets:Read', ' '] }],
    ['an unknown member', { name: 'x', operations: ['Keys:Read'], isImmutable: false }],
  ])('refuse %s before any request', async (_, body) => {
    const before = world.sandbox.requests.length;
    await expect(permissions.create(body)).rejects.toMatchObject({ code: 'DFNS_BAD_REQUEST' });
    expect(world.sandbox.requests).toHaveLength(before);
  });
});
