import { beforeAll, describe, expect, it } from '@jest/globals';
import { DfnsUsers } from 'nestjs-dfns-auth';
import { startManager } from './support/managing-account.js';
import { useSandbox } from './support/use-sandbox.js';

const SIGNED = ['POST /auth/action/init', 'POST /auth/action'];
/** Three pages of the largest size. */
const MANY = 450;

describe('users', () => {
  const world = useSandbox();
  let users: DfnsUsers;

  beforeAll(async () => {
    world.sandbox.createUser({ username: 'boss', kind: 'CustomerEmployee' });
    for (let i = 0; i < MANY; i += 1) world.sandbox.createUser({ username: `user-${i}`, registered: false });
    users = (await world.startInstance()).get(DfnsUsers);
  });

  const idOf = (username: string) => world.sandbox.user(username)?.userId as string;

  it('are listed in pages', async () => {
    const first = await users.list({ kind: 'EndUser', limit: 2 });
    expect(first.items).toMatchObject([
      { username: 'user-0', isRegistered: false, kind: 'EndUser' },
      { username: 'user-1' },
    ]);
    const second = await users.list({ kind: 'EndUser', limit: 2, paginationToken: first.nextPageToken });
    expect(second.items.map(({ username }) => username)).toEqual(['user-2', 'user-3']);
    await expect(users.list({ kind: 'CustomerEmployee' })).resolves.toMatchObject({ items: [{ username: 'boss' }] });
  });

  it('are iterated page by page, each user once', async () => {
    const before = world.sandbox.requests.length;
    const names = new Set<string>();
    for await (const { username } of users.all({ kind: 'EndUser' })) names.add(username);
    expect(names.size).toBe(MANY);
    expect(world.sandbox.requests.length - before).toBe(3);
  });

  it('are fetched only as far as the iteration goes', async () => {
    const before = world.sandbox.requests.length;
    for await (const { username } of users.all()) if (username === 'user-5') break;
    expect(world.sandbox.requests.length - before).toBe(1);
  });

  it('are found by their exact name on any page', async () => {
    await expect(users.findByUsername('user-449')).resolves.toMatchObject({ userId: idOf('user-449') });
    await expect(users.findByUsername('USER-449')).resolves.toBeUndefined();
  });

  it('are deactivated, activated and archived with signed requests', async () => {
    const id = world.sandbox.createUser({ username: 'leaver', registered: false }).userId;
    const before = world.sandbox.requests.length;
    await expect(users.deactivate(id)).resolves.toMatchObject({ userId: id, isActive: false });
    await expect(users.activate(id)).resolves.toMatchObject({ isActive: true });
    await expect(users.archive(id)).resolves.toMatchObject({ userId: id });
    expect(world.operations(before)).toEqual([
      ...SIGNED,
      `PUT /auth/users/${id}/deactivate`,
      ...SIGNED,
      `PUT /auth/users/${id}/activate`,
      ...SIGNED,
      `DELETE /auth/users/${id}`,
    ]);
    await expect(users.findByUsername('leaver')).resolves.toBeUndefined();
  });

  it('are invited by e-mail and changed, with a permission for it', async () => {
    const { context } = await startManager(world, ['Auth:Users:Create', 'Auth:Users:Update']);
    const managed = context.get(DfnsUsers);
    const email = 'new@example.test';
    const invited = await managed.invite({ email, externalId: 'hr-7', isSSORequired: true });
    expect(invited).toMatchObject({ username: email, kind: 'CustomerEmployee', isRegistered: false });
    expect(invited.isSSORequired).toBe(true);
    expect(world.sandbox.outbox.list()).toMatchObject([{ kind: 'registration', to: email }]);
    await expect(managed.update(invited.userId, { isSSORequired: false })).resolves.toMatchObject({
      isSSORequired: false,
    });
    await expect(managed.invite({ email })).rejects.toMatchObject({ code: 'DFNS_USER_EXISTS' });
    await expect(users.invite({ email: 'other@example.test' })).rejects.toMatchObject({
      code: 'DFNS_SERVICE_ACCOUNT_FORBIDDEN',
    });
    await users.archive(invited.userId);
  });

  it.each([{ email: 'nobody' }, { email: 'a@b', kind: 'EndUser' }, {}])('refuse the invitation %j', async (body) => {
    const before = world.sandbox.requests.length;
    await expect(users.invite(body as never)).rejects.toMatchObject({ code: 'DFNS_BAD_REQUEST' });
    expect(world.sandbox.requests).toHaveLength(before);
  });

  it('are read by their id', async () => {
    await expect(users.get(idOf('user-1'))).resolves.toMatchObject({ username: 'user-1' });
    await expect(users.get('us-aaaaa-bbbbb-cccccccccccccccc')).rejects.toMatchObject({ code: 'DFNS_NOT_FOUND' });
  });

  it.each(['', '..', 'us-1/activate', 'us-1?force=true', 'x'.repeat(65), undefined])(
    'refuse the id %j before any request',
    async (id) => {
      const before = world.sandbox.requests.length;
      await expect(users.archive(id as string)).rejects.toMatchObject({ code: 'DFNS_BAD_REQUEST' });
      expect(world.sandbox.requests).toHaveLength(before);
    },
  );

  it('are not iterated forever when pages repeat', async () => {
    const body = JSON.stringify({ items: [], nextPageToken: 'again' });
    world.sandbox.faults.add({
      on: 'GET /auth/users',
      times: Number.POSITIVE_INFINITY,
      kind: 'status',
      status: 200,
      body,
    });
    await expect(users.findByUsername('x')).rejects.toMatchObject({ code: 'DFNS_MALFORMED_RESPONSE' });
  });

  it.each([[{}], [{ items: {} }], [{ items: [], nextPageToken: 7 }]])('refuse the answer %j', async (answer) => {
    world.sandbox.faults.add({ on: 'GET /auth/users', kind: 'status', status: 200, body: JSON.stringify(answer) });
    await expect(users.list()).rejects.toMatchObject({ code: 'DFNS_MALFORMED_RESPONSE' });
  });
});
