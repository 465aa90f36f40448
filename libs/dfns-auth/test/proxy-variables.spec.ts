import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Certificates, makeCertificates } from './support/certificates.js';
import { type LocalServer, openProxy, openTlsGateway } from './support/egress.js';
import { optionsFor } from './support/library-instance.js';
import { useSandbox } from './support/use-sandbox.js';

const PROGRAM = join('libs', 'dfns-auth', 'test', 'support', 'login-process.mjs');
const LOGIN = ['POST /auth/action/init', 'POST /auth/action', 'POST /auth/login/delegated'];
/** Whether this Node has the switch. */
const isAble = process.allowedNodeEnvironmentFlags.has('--use-env-proxy');

const world = useSandbox({ users: ['ada'] });
const servers: LocalServer[] = [];
const folder = mkdtempSync(join(tmpdir(), 'dfns-proxy-variables-'));
const NODE_EXTRA_CA_CERTS = join(folder, 'ca.pem');
let certificates: Certificates;
let dfns: LocalServer;
let proxy: LocalServer;

beforeAll(async () => {
  certificates = makeCertificates();
  writeFileSync(NODE_EXTRA_CA_CERTS, certificates.ca);
});

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Logs Ada in with a process that has these variables, at a Dfns with a private certificate and beside a proxy. */
async function login(variables: (proxy: LocalServer) => Record<string, string>, ...flags: string[]): Promise<unknown> {
  dfns = await openTlsGateway(world.sandbox.url, certificates.server);
  proxy = await openProxy();
  servers.push(dfns, proxy);
  const options = optionsFor(world.sandbox, { baseUrl: dfns.url, http: { maxAttempts: 1 } });
  const { authToken, credential } = options.serviceAccount;
  const { credId, privateKey } = credential as { credId: string; privateKey: string };
  const given = { ...options, serviceAccount: { authToken, credential: { credId, privateKey } } };
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, PROGRAM], {
    env: { ...inherited, LOGIN: JSON.stringify({ options: given, username: 'ada' }), ...variables(proxy) },
  });
  return JSON.parse(stdout);
}

const all = ({ url }: LocalServer) => ({ HTTPS_PROXY: url, NODE_EXTRA_CA_CERTS, NODE_USE_ENV_PROXY: '1' });
const tunnel = () => [`CONNECT ${dfns.url.slice('https://'.length)}`];

describe('NODE_EXTRA_CA_CERTS', () => {
  it('adds a private certificate authority', async () => {
    expect(await login(() => ({ NODE_EXTRA_CA_CERTS }))).toEqual({ parts: 3 });
    expect(dfns.seen).toEqual(LOGIN);
  });

  it('is what the login above needs', async () => {
    expect(await login(() => ({}))).toMatchObject({ code: 'DFNS_UNAVAILABLE', mayHaveHappened: false });
    expect(dfns.seen).toEqual([]);
  });
});

describe('the proxy variables', () => {
  it('do nothing without the switch of Node', async () => {
    expect(await login((to) => ({ ...all(to), NODE_USE_ENV_PROXY: '' }))).toEqual({ parts: 3 });
    expect([dfns.seen, proxy.seen]).toEqual([LOGIN, []]);
  });

  (isAble ? it : it.skip)('name the proxy if NODE_USE_ENV_PROXY is 1', async () => {
    expect(await login(all)).toEqual({ parts: 3 });
    expect([dfns.seen, proxy.seen]).toEqual([LOGIN, tunnel()]);
  });

  (isAble ? it : it.skip)('name the proxy with --use-env-proxy', async () => {
    const variables = (to: LocalServer) => ({ ...all(to), NODE_USE_ENV_PROXY: '' });
    expect(await login(variables, '--use-env-proxy')).toEqual({ parts: 3 });
    expect([dfns.seen, proxy.seen]).toEqual([LOGIN, tunnel()]);
  });

  (isAble ? it : it.skip)('leave out the hosts in NO_PROXY', async () => {
    expect(await login((to) => ({ ...all(to), NO_PROXY: '127.0.0.1' }))).toEqual({ parts: 3 });
    expect([dfns.seen, proxy.seen]).toEqual([LOGIN, []]);
  });

  (isAble ? it : it.skip)('let no call through if the proxy is down, and nothing is sent around it', async () => {
    const down = (await openProxy()) as LocalServer;
    await down.close();
    expect(await login(() => all(down))).toMatchObject({ code: 'DFNS_UNAVAILABLE', mayHaveHappened: false });
    expect(dfns.seen).toEqual([]);
  });
});
