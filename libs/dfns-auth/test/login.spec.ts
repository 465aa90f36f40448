import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { DelegatedAuthService } from 'nestjs-dfns-auth';
import { useSandbox } from './support/use-sandbox.js';

const LOGIN = ['POST /auth/action/init', 'POST /auth/action', 'POST /auth/login/delegated'];

describe('login', () => {
  const world = useSandbox({ users: ['ada'] });
  let service: DelegatedAuthService;

  beforeAll(async () => {
    service = await world.startService();
  });

  it('sends three requests, and the token can read for the user', async () => {
    const before = world.sandbox.requests.length;
    const { token } = await service.login({ username: 'ada' });
    expect(world.operations(before)).toEqual(LOGIN);
    const answer = await fetch(`${world.sandbox.url}/wallets`, { headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(200);
  });

  it('opens at most one more connection in a hundred logins', async () => {
    const before = world.sandbox.connections;
    for (let i = 0; i < 100; i += 1) await service.login({ username: 'ada' });
    expect(world.sandbox.connections - before).toBeLessThanOrEqual(1);
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
    const before = world.sandbox.requests.length;
    await expect(service.login(request as never)).rejects.toMatchObject({ code: 'DFNS_BAD_REQUEST' });
    expect(world.sandbox.requests).toHaveLength(before);
  });

  it.each([
    ['nobody', 'DFNS_USER_NOT_FOUND'],
    ['ADA', 'DFNS_USER_NOT_FOUND'],
  ])('answers %s with %s', async (username, code) => {
    await expect(service.login({ username })).rejects.toMatchObject({ code, upstreamStatus: 401 });
  });

  it('keeps the path of the base URL, and does not sign it', async () => {
    const received: (string | undefined)[] = [];
    const proxy = createServer((incoming, outgoing) => {
      received.push(incoming.url);
      const { method, headers } = incoming;
      const forwarded = request(
        world.sandbox.url + incoming.url?.replace('/dfns', ''),
        { method, headers },
        (answer) => {
          outgoing.writeHead(answer.statusCode as number, answer.headers);
          answer.pipe(outgoing);
        },
      );
      incoming.pipe(forwarded);
    });
    await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
    const baseUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/dfns/`;
    const proxied = await world.startService({ baseUrl });
    await expect(proxied.getToken('ada')).resolves.toBeDefined();
    expect(received).toEqual(LOGIN.map((operation) => operation.replace('POST ', '/dfns')));
    proxy.closeAllConnections();
    proxy.close();
  });
});

describe('login over IPv6', () => {
  const world = useSandbox({ host: '::1', users: ['ada'] });

  it('reaches Dfns', async () => {
    const service = await world.startService();
    await expect(service.getToken('ada')).resolves.toBeDefined();
  });
});
