import { beforeAll, describe, expect, it } from '@jest/globals';
import { DelegatedCeremonies } from 'nestjs-dfns-auth';
import { credentialsOf, newPerson } from './support/person-keys.js';
import { useSandbox } from './support/use-sandbox.js';

const SIGNED = ['POST /auth/action/init', 'POST /auth/action'];
const TAKEN = [...SIGNED, 'POST /auth/registration/delegated', ...SIGNED, 'POST /auth/login/delegated'];

describe('beginning a registration for a name that is taken', () => {
  const world = useSandbox();
  let ceremonies: DelegatedCeremonies;

  beforeAll(async () => {
    // Several pages of the directory.
    for (let i = 0; i < 450; i += 1) world.sandbox.createUser({ username: `user-${i}`, registered: false });
    ceremonies = (await world.startInstance()).get(DelegatedCeremonies);
  });

  const TAKEN_BY: [string, () => void][] = [
    ['a finished user', () => world.sandbox.createUser({ username: 'a finished user' })],
    [
      'a deactivated user',
      () => {
        world.sandbox.createUser({ username: 'a deactivated user' });
        world.sandbox.deactivateUser('a deactivated user');
      },
    ],
    ['an employee', () => world.sandbox.createUser({ username: 'an employee', kind: 'CustomerEmployee' })],
  ];

  it.each(TAKEN_BY)('by %s fails after six requests, however large the directory is', async (username, create) => {
    create();
    const before = world.sandbox.requests.length;
    await expect(ceremonies.beginRegistration(username)).rejects.toMatchObject({
      code: 'DFNS_USER_EXISTS',
      operation: 'POST /auth/registration/delegated',
      mayHaveHappened: false,
    });
    expect(world.operations(before)).toEqual(TAKEN);
  });

  it('by the same person, who did not finish, goes on after six requests', async () => {
    const first = await ceremonies.beginRegistration('ada');
    const before = world.sandbox.requests.length;
    const again = await ceremonies.beginRegistration('ada');
    expect(world.operations(before)).toEqual(TAKEN);
    expect(again.challenge).toEqual(first.challenge);
    const credentials = credentialsOf(newPerson('ada'), again.challenge.challenge);
    await ceremonies.finishRegistration('ada', again.ceremonyId, credentials);
    expect(world.sandbox.user('ada')?.isRegistered).toBe(true);
  });

  it('is tried again without harm when it is not known whether the user has finished', async () => {
    const first = await ceremonies.beginRegistration('bea');
    world.sandbox.faults.add({ on: 'POST /auth/login/delegated', kind: 'status', status: 500, times: 3 });
    await expect(ceremonies.beginRegistration('bea')).rejects.toMatchObject({
      code: 'DFNS_UNAVAILABLE',
      mayHaveHappened: false,
    });
    await expect(ceremonies.beginRegistration('bea')).resolves.toMatchObject({ challenge: first.challenge });
  });

  it('goes on also when the same person begins several times at once', async () => {
    const first = await ceremonies.beginRegistration('cleo');
    const begun = await Promise.all(Array.from({ length: 4 }, () => ceremonies.beginRegistration('cleo')));
    for (const { challenge } of begun) expect(challenge).toEqual(first.challenge);
  });
});
