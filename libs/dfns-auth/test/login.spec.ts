import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
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

  it('keeps the path of a base URL, which is not signed', async () => {
    const received: (string | undefined)[] = [];
    const proxy = createServer((incoming, outgoing) => {
      received.push(incoming.url);
      const { method, headers } = incoming;
      const forwarded = request(sandbox.url + incoming.url?.replace('/dfns', ''), { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode as number, answer.headers);
        answer.pipe(outgoing);
      });
      incoming.pipe(forwarded);
    });
    await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
    const baseUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/dfns/`;
    const behind = await startWith(sandbox, { baseUrl });
    await expect(behind.get(DelegatedAuthService).getToken('ada')).resolves.toBeDefined();
    expect(received).toEqual(LOGIN.map((operation) => operation.replace('POST ', '/dfns')));
    await behind.close();
    proxy.closeAllConnections();
    proxy.close();
  });

  it('reaches Dfns over IPv6', async () => {
    const six = await DfnsSandbox.start({ host: '::1' });
    six.createUser({ username: 'ada' });
    const context = await startWith(six);
    await expect(context.get(DelegatedAuthService).getToken('ada')).resolves.toBeDefined();
    await context.close();
    await six.stop();
  });
});
