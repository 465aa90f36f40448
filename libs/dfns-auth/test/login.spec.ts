import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { DfnsSandbox } from 'dfns-sandbox';
import { DelegatedAuthService } from 'nestjs-dfns-auth';
import { operations, startWith } from './registered.js';

const LOGIN = ['POST /auth/action/init', 'POST /auth/action', 'POST /auth/login/delegated'];

describe('login', () => {
  let sandbox: DfnsSandbox;
  let context: TestingModule;
  let service: DelegatedAuthService;

  beforeAll(async () => {
    sandbox = await DfnsSandbox.start();
    sandbox.createUser({ username: 'ada' });
    context = await startWith(sandbox);
    service = context.get(DelegatedAuthService);
  });

  afterAll(async () => {
    await context.close();
    await sandbox.stop();
  });

  it('is three requests, and the token reads as the user', async () => {
    const before = sandbox.requests.length;
    const { token } = await service.login({ username: 'ada' });
    expect(operations(sandbox, before)).toEqual(LOGIN);
    const answer = await fetch(`${sandbox.url}/wallets`, { headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(200);
  });

  it('opens at most one connection more in a hundred logins', async () => {
    const before = sandbox.connections;
    for (let i = 0; i < 100; i += 1) await service.login({ username: 'ada' });
    expect(sandbox.connections - before).toBeLessThanOrEqual(1);
  });

  it.each([
    [{ username: '' }],
    [{}],
    [{ username: 7 }],
    [{ username: ['ada'] }],
    [{ username: 'ada', kind: 'EndUser' }],
    [null],
    [[]],
  ])('refuses %j before any request', async (request) => {
    const before = sandbox.requests.length;
    await expect(service.login(request as never)).rejects.toMatchObject({ code: 'DFNS_BAD_REQUEST' });
    expect(sandbox.requests).toHaveLength(before);
  });

  it.each([
    ['nobody', 'DFNS_USER_NOT_FOUND'],
    ['ADA', 'DFNS_USER_NOT_FOUND'],
  ])('answers %s with %s', async (username, code) => {
    await expect(service.login({ username })).rejects.toMatchObject({ code, upstreamStatus: 401 });
  });
});
