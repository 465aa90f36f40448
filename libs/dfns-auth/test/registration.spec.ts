import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { DfnsSandbox } from 'dfns-sandbox';
import { DelegatedAuthService } from 'nestjs-dfns-auth';
import { credentialsOf, newPerson } from './new-person.js';
import { operations, startWith } from './registered.js';

const SIGNED = ['POST /auth/action/init', 'POST /auth/action'];

describe('registration', () => {
  let sandbox: DfnsSandbox;
  let context: TestingModule;
  let service: DelegatedAuthService;

  beforeAll(async () => {
    sandbox = await DfnsSandbox.start({ restart: true });
    context = await startWith(sandbox);
    service = context.get(DelegatedAuthService);
  });

  afterAll(async () => {
    await context.close();
    await sandbox.stop();
  });

  const begin = (email: string) => service.createRegistrationChallenge({ email, kind: 'EndUser' });

  it('is a signed request for the challenge and one for the credentials', async () => {
    const before = sandbox.requests.length;
    const challenge = await service.createRegistrationChallenge({ email: 'ada', kind: 'EndUser', externalId: 'row-1' });
    const credentials = credentialsOf(newPerson('ada'), challenge.challenge);
    const result = await service.completeRegistration(challenge.temporaryAuthenticationToken, credentials);
    expect(result).toEqual({
      credential: { uuid: expect.stringMatching(/^cr-/), kind: 'Key', name: 'Default Credential' },
      user: { id: sandbox.user('ada')?.userId, username: 'ada', orgId: sandbox.orgId },
    });
    expect(operations(sandbox, before)).toEqual([
      ...SIGNED,
      'POST /auth/registration/delegated',
      'POST /auth/registration',
    ]);
    expect(sandbox.user('ada')).toMatchObject({ isRegistered: true, externalId: 'row-1' });
    await expect(service.login({ username: 'ada' })).resolves.toEqual({ token: expect.any(String) });
  });
});
