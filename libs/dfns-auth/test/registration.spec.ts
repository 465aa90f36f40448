import { beforeAll, describe, expect, it } from '@jest/globals';
import type { DelegatedAuthService } from 'nestjs-dfns-auth';
import { credentialsOf, newPerson } from './support/person-keys.js';
import { tokenWith } from './support/token-claims.js';
import { useSandbox } from './support/use-sandbox.js';

const SIGNED = ['POST /auth/action/init', 'POST /auth/action'];
const DELEGATED = 'POST /auth/registration/delegated';

describe('registration', () => {
  const world = useSandbox({ restart: true });
  let service: DelegatedAuthService;

  beforeAll(async () => {
    service = await world.startService();
  });

  const begin = (email: string) => service.createRegistrationChallenge({ email, kind: 'EndUser' });
  const answerWith = (on: string, body: unknown) =>
    world.sandbox.faults.add({ on, kind: 'status', status: 200, body: JSON.stringify(body) });

  it('sends a signed request for the challenge, and one request with the credentials', async () => {
    const before = world.sandbox.requests.length;
    const challenge = await service.createRegistrationChallenge({ email: 'ada', kind: 'EndUser', externalId: 'row-1' });
    const credentials = credentialsOf(newPerson('ada'), challenge.challenge);
    const result = await service.completeRegistration(challenge.temporaryAuthenticationToken, credentials);
    expect(result).toEqual({
      credential: { uuid: expect.stringMatching(/^cr-/), kind: 'Key', name: 'Default Credential' },
      user: { id: world.sandbox.user('ada')?.userId, username: 'ada', orgId: world.sandbox.orgId },
    });
    expect(world.operations(before)).toEqual([...SIGNED, DELEGATED, 'POST /auth/registration']);
    expect(world.sandbox.user('ada')).toMatchObject({ isRegistered: true, externalId: 'row-1' });
    await expect(service.login({ username: 'ada' })).resolves.toEqual({ token: expect.any(String) });
  });

  it('can create wallets, and returns a user token', async () => {
    const { challenge, temporaryAuthenticationToken } = await begin('bea');
    const wallets = [{ network: 'EthereumSepolia', name: 'first' }, { network: 'Solana' }];
    const request = { ...credentialsOf(newPerson('bea'), challenge), wallets };
    const result = await service.completeEndUserRegistration(temporaryAuthenticationToken, request);
    expect(result.wallets).toMatchObject([
      { network: 'EthereumSepolia', name: 'first', custodial: false, tags: [] },
      { network: 'Solana', custodial: false },
    ]);
    const answer = await fetch(`${world.sandbox.url}/wallets`, {
      headers: { authorization: `Bearer ${result.authentication.token}` },
    });
    expect(((await answer.json()) as { items: unknown[] }).items).toHaveLength(2);
  });

  it('can be restarted until it is complete', async () => {
    const first = await begin('cleo');
    const again = await service.restartRegistration({ email: 'cleo', kind: 'EndUser', externalId: 'not sent' });
    expect(JSON.parse(world.sandbox.requests.at(-1)?.body ?? '')).toEqual({ email: 'cleo', kind: 'EndUser' });
    const credentials = credentialsOf(newPerson('cleo'), again.challenge);
    await expect(service.completeRegistration(first.temporaryAuthenticationToken, credentials)).rejects.toMatchObject({
      code: 'DFNS_USER_UNAUTHORIZED',
    });
    await service.completeRegistration(again.temporaryAuthenticationToken, credentials);
    await expect(service.restartRegistration({ email: 'cleo', kind: 'EndUser' })).rejects.toMatchObject({
      code: 'DFNS_USER_EXISTS',
    });
  });

  it('fails with a clear message when Dfns has no endpoint for the restart', async () => {
    world.sandbox.faults.add({ on: `${DELEGATED}/restart`, kind: 'status', status: 404, message: 'Not Found' });
    await expect(service.restartRegistration({ email: 'dora', kind: 'EndUser' })).rejects.toMatchObject({
      code: 'DFNS_NOT_FOUND',
      message: expect.stringContaining('has no endpoint to restart a registration'),
      upstreamStatus: 404,
    });
  });

  it('refuses a name that another user has', async () => {
    await begin('emmy');
    await expect(begin('emmy')).rejects.toMatchObject({ code: 'DFNS_USER_EXISTS' });
  });

  it('is refused for a credential that did not sign the challenge', async () => {
    const { temporaryAuthenticationToken } = await begin('fay');
    const credentials = credentialsOf(newPerson('fay'), 'another challenge');
    await expect(service.completeRegistration(temporaryAuthenticationToken, credentials)).rejects.toMatchObject({
      code: 'DFNS_USER_UNAUTHORIZED',
      upstreamStatus: 401,
    });
  });

  it.each(['reset', 'truncate'] as const)('is not sent twice when the answer is lost by %s', async (kind) => {
    const { challenge, temporaryAuthenticationToken } = await begin(`lost by ${kind}`);
    world.sandbox.faults.add(
      kind === 'reset'
        ? { on: 'POST /auth/registration', kind, when: 'after' }
        : { on: 'POST /auth/registration', kind },
    );
    const before = world.sandbox.requests.length;
    const credentials = credentialsOf(newPerson(kind), challenge);
    await expect(service.completeRegistration(temporaryAuthenticationToken, credentials)).rejects.toMatchObject({
      code: 'DFNS_UNAVAILABLE',
    });
    expect(world.operations(before)).toEqual(['POST /auth/registration']);
  });

  it.each([
    [{ email: '', kind: 'EndUser' }, 'email'],
    [{ email: 'x'.repeat(501), kind: 'EndUser' }, 'email'],
    [{ email: 'x', kind: 'CustomerEmployee' }, 'kind'],
    [{ email: 'x' }, 'kind'],
    [{ email: 'x', kind: 'EndUser', externalId: null }, 'externalId'],
    [{ email: 'x', kind: 'EndUser', permissions: [] }, 'permissions'],
    [[{ email: 'x', kind: 'EndUser' }], 'no object'],
    [JSON.parse('{"email":"x","kind":"EndUser","constructor":{}}'), 'constructor'],
    [JSON.parse(`{"email":${'['.repeat(50_000)}${']'.repeat(50_000)},"kind":"EndUser"}`), 'email'],
  ])('refuses %#: before any request, and names the member', async (request, member) => {
    const before = world.sandbox.requests.length;
    await expect(service.createRegistrationChallenge(request as never)).rejects.toMatchObject({
      code: 'DFNS_BAD_REQUEST',
      message: expect.stringContaining(member),
    });
    expect(world.sandbox.requests).toHaveLength(before);
  });

  describe('reads answers', () => {
    const options = async () => {
      const { temporaryAuthenticationToken, ...rest } = await begin(`reader ${Math.random()}`);
      const token = (username: string, orgId = world.sandbox.orgId) =>
        tokenWith({ 'https://custom/app_metadata': { orgId }, 'https://custom/username': username });
      return { rest, token };
    };

    it('with the older name of the algorithms', async () => {
      const { rest, token } = await options();
      const { pubKeyCredParams, ...older } = rest;
      answerWith(DELEGATED, { ...older, pubKeyCredParam: pubKeyCredParams, temporaryAuthenticationToken: token('x') });
      await expect(begin('x')).resolves.toMatchObject({ pubKeyCredParams });
    });

    it('with the older name of the kind', async () => {
      const user = { id: 'us-1', username: 'x', orgId: world.sandbox.orgId };
      answerWith('POST /auth/registration', { credential: { uuid: 'cr-1', credentialKind: 'Key', name: 'n' }, user });
      const { token } = await options();
      const credentials = credentialsOf(newPerson('x'), 'challenge');
      await expect(service.completeRegistration(token('x'), credentials)).resolves.toEqual({
        credential: { uuid: 'cr-1', kind: 'Key', name: 'n' },
        user,
      });
    });

    it('without the members that it does not use', async () => {
      const { rest, token } = await options();
      const { rp, ...bare } = rest;
      answerWith(DELEGATED, { ...bare, otpUrl: '', temporaryAuthenticationToken: token('x'), newcomer: 'unknown' });
      const challenge = await begin('x');
      expect(challenge).not.toHaveProperty('rp');
      expect(challenge).not.toHaveProperty('newcomer');
      expect(rp).toEqual({ id: 'localhost', name: expect.any(String) });
    });

    it.each([
      ['nothing', () => null],
      ['a list', () => []],
      ['no token', (good: object) => ({ ...good, temporaryAuthenticationToken: undefined })],
      ['no user', (good: object) => ({ ...good, user: 'ada' })],
      ['a challenge that is no text', (good: object) => ({ ...good, challenge: 7 })],
      ['no algorithms', (good: object) => ({ ...good, pubKeyCredParams: {} })],
      ['an algorithm that is no number', (good: object) => ({ ...good, pubKeyCredParams: [{ alg: '-7' }] })],
      ['kinds that are no texts', (good: object) => ({ ...good, supportedCredentialKinds: { firstFactor: [1] } })],
      [
        'a flag that is text',
        (good: object) => ({
          ...good,
          authenticatorSelection: { residentKey: 'r', requireResidentKey: 'false', userVerification: 'r' },
        }),
      ],
    ])('and refuses %s', async (_name, spoil) => {
      const { rest, token } = await options();
      answerWith(DELEGATED, spoil({ ...rest, temporaryAuthenticationToken: token('x') }));
      await expect(begin('x')).rejects.toMatchObject({ code: 'DFNS_MALFORMED_RESPONSE', operation: DELEGATED });
    });

    it('and refuses a token of another organisation or user', async () => {
      const { rest, token } = await options();
      for (const stray of [token('x', 'or-aaaaa-bbbbb-cccccccccccccccc'), token('y'), 'not a token']) {
        answerWith(DELEGATED, { ...rest, temporaryAuthenticationToken: stray });
        await expect(begin('x')).rejects.toMatchObject({ code: 'DFNS_MALFORMED_RESPONSE' });
      }
    });
  });
});
