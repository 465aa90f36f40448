import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CreatedServiceAccount } from 'dfns-sandbox';
import {
  ALL_PERMISSIONS,
  REQUIRED_PERMISSIONS,
  tellPermissions,
  tellServiceAccounts,
} from './support/told-permissions.js';
import { useCommands, variablesOf } from './support/use-commands.js';
import { useSandbox } from './support/use-sandbox.js';

const world = useSandbox();
const commands = useCommands();
let account: CreatedServiceAccount;

beforeEach(() => {
  account = world.sandbox.createServiceAccount();
});

async function permissions() {
  const { code, findings } = await commands.doctor(variablesOf(world.sandbox, account));
  return { code, found: findings.filter(({ check }) => check === 'permissions') };
}

describe('doctor compares permissions', () => {
  it.each(REQUIRED_PERMISSIONS)('and misses %s', async (name) => {
    tellPermissions(
      world.sandbox,
      account,
      ALL_PERMISSIONS.filter((other) => other !== name),
    );
    const message = expect.stringContaining(`the account lacks ${name}`);
    const fix = expect.stringContaining('give the service account a role');
    expect(await permissions()).toEqual({
      code: 1,
      found: [{ check: 'permissions', status: 'failed', message, fix }],
    });
  });

  it('of all three generations', async () => {
    const kept = REQUIRED_PERMISSIONS.filter((name) => !name.startsWith('Auth:') && name !== 'Keys:Delegate');
    const users = ['Read', 'Create', 'Update', 'Delegate'].map((name) => `Auth:Users:${name}`);
    tellPermissions(world.sandbox, account, [...kept, ...users, 'Auth:Types:EndUser', 'Wallets:Delegate']);
    expect(await permissions()).toMatchObject({ code: 0, found: [{ status: 'ok' }] });
    world.sandbox.faults.clear();
    const newest = ALL_PERMISSIONS.map((name) => name.replace(/^Auth:(\w+):Delegated$/, 'Auth:Delegated:$1'));
    tellPermissions(world.sandbox, account, newest);
    expect(await permissions()).toMatchObject({ code: 0, found: [{ status: 'ok' }] });
  });

  it('and warns about those that single methods need', async () => {
    tellPermissions(world.sandbox, account, REQUIRED_PERMISSIONS);
    const message = expect.stringMatching(/Auth:Users:Activate .*Auth:Users:Deactivate .*Auth:Users:Delete/);
    expect(await permissions()).toMatchObject({ code: 0, found: [{ status: 'warning', message }] });
  });

  it('also if the assignments name only their roles', async () => {
    const userInfo = { permissionAssignments: [{ permissionId: 'pm-2' }] };
    const own = { credId: account.credId, permissionAssignments: [{ permissionId: 'pm-1' }] };
    tellServiceAccounts(world.sandbox, { items: [{ userInfo, accessTokens: [own] }] });
    const roles = { 'pm-1': ALL_PERMISSIONS.slice(0, 4), 'pm-2': ALL_PERMISSIONS.slice(4) };
    for (const [id, operations] of Object.entries(roles)) {
      world.sandbox.faults.add({ kind: 'status', status: 200, on: `GET /permissions/${id}`, body: { operations } });
    }
    expect(await permissions()).toMatchObject({ code: 0, found: [{ status: 'ok' }] });
  });

  it('as far as it can, if the account may not read about itself', async () => {
    account = world.sandbox.createServiceAccount({ permissions: ['Auth:Users:Read'] });
    const { code, found } = await permissions();
    expect(code).toBe(1);
    expect(found).toMatchObject([
      { status: 'failed', message: 'the account lacks Wallets:Read' },
      {
        status: 'unknown',
        message: expect.stringContaining('it has Auth:Users:Read'),
        fix: expect.stringMatching(/Auth:Login:Delegated.*Auth:ServiceAccounts:Read/),
      },
    ]);
  });

  it.each([[{}], [{ items: 'none' }], [{ items: [{ accessTokens: {} }] }], [{ items: [{}, null] }]])(
    'and does not know them from the answer %j',
    async (answer) => {
      tellServiceAccounts(world.sandbox, answer);
      expect(await permissions()).toMatchObject({ code: 0, found: [{ status: 'unknown' }] });
    },
  );
});
