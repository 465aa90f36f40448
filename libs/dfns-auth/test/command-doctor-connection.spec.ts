import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { AlteringGateway } from './support/altering-gateway.js';
import { makeCertificates } from './support/certificates.js';
import { openTlsGateway } from './support/egress.js';
import { ALL_PERMISSIONS, tellPermissions } from './support/told-permissions.js';
import { useCommands, type Variables, variablesOf } from './support/use-commands.js';
import { useSandbox } from './support/use-sandbox.js';

const world = useSandbox();
const commands = useCommands();
let env: Variables;

beforeEach(() => {
  const account = world.sandbox.createServiceAccount();
  env = variablesOf(world.sandbox, account);
  tellPermissions(world.sandbox, account, ALL_PERMISSIONS);
});

/** Every trouble that the doctor found, as one line. */
async function troublesWith(changes: Variables = {}): Promise<{ code: number; lines: string[] }> {
  const { code, troubles } = await commands.doctor({ ...env, ...changes });
  return { code, lines: troubles.map(({ check, status, message, fix }) => `${status} ${check}: ${message} → ${fix}`) };
}

const UNREACHED = ['token', 'key', 'permissions', 'relying-party'].map((check) =>
  expect.stringMatching(`^unknown ${check}: not checked, because there is no connection`),
);

const close = (server: Server) => new Promise((resolve) => server.close(resolve));

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

describe('doctor explains a connection that fails:', () => {
  it('nothing listens', async () => {
    const server = createTcpServer();
    const host = `127.0.0.1:${await portOf(server)}`;
    await close(server);
    const { code, lines } = await troublesWith({ DFNS_API_URL: `http://${host}` });
    expect(code).toBe(1);
    expect(lines[0]).toContain(`failed connection: nothing listens at ${host} (ECONNREFUSED) → check the host`);
    expect(lines.slice(1)).toEqual(UNREACHED);
  });

  it('a name that does not exist, and a proxy that is not used', async () => {
    const { code, lines } = await troublesWith({
      DFNS_API_URL: 'https://dfns.invalid',
      HTTPS_PROXY: 'http://user:secret-of-proxy@proxy.invalid',
    });
    expect(code).toBe(1);
    expect(lines[0]).toMatch(/^failed connection: the name dfns\.invalid is not known \(E\w+\) → /);
    expect(lines[0]).toMatch(/HTTPS_PROXY is set.*http\.agent/);
    expect(commands.printed).not.toContain('secret-of-proxy');
  });

  it('no TLS at this port', async () => {
    const { code, lines } = await troublesWith({ DFNS_API_URL: world.sandbox.url.replace('http:', 'https:') });
    expect([code, lines[0]]).toEqual([1, expect.stringMatching(/^failed connection: .* does not speak TLS .*scheme/)]);
  });

  it('no HTTP at this port', async () => {
    const server = createTcpServer((socket) => socket.resume().end('SSH-2.0-OpenSSH\r\n'));
    const { lines } = await troublesWith({ DFNS_API_URL: `http://127.0.0.1:${await portOf(server)}` });
    expect(lines[0]).toMatch(/^failed connection: .* does not speak HTTP \(HPE_\w+\) → check the scheme/);
    await close(server);
  });

  it('a certificate that is not trusted, until NODE_EXTRA_CA_CERTS names its authority', async () => {
    const { ca, server } = makeCertificates();
    const gateway = await openTlsGateway(world.sandbox.url, server);
    const overTls = { DFNS_API_URL: gateway.url };
    const { code, lines } = await troublesWith(overTls);
    expect(code).toBe(1);
    expect(lines[0]).toMatch(/^failed connection: .* is not trusted \(UNABLE_TO_\w+\) → .*NODE_EXTRA_CA_CERTS/);
    const trusting = { ...env, NODE_EXTRA_CA_CERTS: commands.file('ca.pem', ca) };
    const otherName = { DFNS_API_URL: gateway.url.replace('127.0.0.1', 'localhost') };
    const [trusted, misnamed] = await Promise.all([
      commands.spawn(['doctor'], { ...trusting, ...overTls }),
      commands.spawn(['doctor'], { ...trusting, ...otherName }),
    ]);
    expect(trusted.code).toBe(0);
    expect(misnamed).toMatchObject({ code: 1, stdout: expect.stringContaining('is for another name') });
    await gateway.close();
  });

  it.each([
    ['an outage', { kind: 'html', status: 502 }, /answers 502 → .*outage/],
    ['a path of something else', { kind: 'status', status: 404 }, /answers 404 → .*check the path/],
    ['a page of something else', { kind: 'html', status: 200 }, /answers 200 to a request without a token → /],
    ['a redirect', { kind: 'redirect', location: 'http://elsewhere.invalid' }, /answers 302 to a request/],
    ['a reset', { kind: 'reset' }, /the connection to .* broke \(ECONNRESET\) → /],
    ['no answer', { kind: 'hang' }, /does not answer in 1000 ms → .*firewall/],
    ['half an answer', { kind: 'hang', when: 'body' }, /does not answer in 1000 ms → /],
  ] as const)('%s', async (_, fault, trouble) => {
    world.sandbox.faults.add({ ...fault, on: 'GET /auth/users', times: 20 });
    const { code, lines } = await troublesWith({ DFNS_ATTEMPT_TIMEOUT_MS: '400' });
    expect([code, lines[0]]).toEqual([1, expect.stringMatching(trouble)]);
    expect(lines[0]).toMatch(/^failed connection: /);
    expect(lines.slice(1)).toEqual(UNREACHED);
  });

  it('a wrong URL, to which nothing is sent', async () => {
    const { code, lines } = await troublesWith({ DFNS_API_URL: 'http://dfns.invalid' });
    expect(code).toBe(1);
    expect(lines[0]).toMatch(/^failed configuration: DFNS_API_URL is http: beyond this machine/);
    expect(lines[1]).toMatch(/^unknown connection: not checked, because DFNS_API_URL is wrong/);
  });
});

describe('doctor measures', () => {
  it.each([
    [45_000, 'warning', /^the clock of this machine is 4[2-8] s behind that of Dfns/, 0],
    [-45_000, 'warning', /^the clock of this machine is 4[2-8] s ahead of that of Dfns/, 0],
    [-90_000, 'failed', / (8[7-9]|9[0-3]) s ahead of /, 1],
    [20_000, 'ok', /less than (1[7-9]|2[0-4]) s off/, 0],
  ])('a clock of Dfns that is %d ms ahead', async (aheadMs, status, message, code) => {
    const gateway = await AlteringGateway.open(world.sandbox.url);
    gateway.on('GET /auth/users', (_, response) => {
      response.writeHead(401, { date: new Date(Date.now() + aheadMs).toUTCString() }).end();
    });
    const result = await commands.doctor({ ...env, DFNS_API_URL: gateway.url });
    await gateway.close();
    const clock = result.findings.find(({ check }) => check === 'clock');
    expect(clock).toMatchObject({ status, message: expect.stringMatching(message) });
    expect([result.code, clock?.fix === undefined]).toEqual([code, status === 'ok']);
  });

  /** What the doctor says about the latency, if each answer takes at least so many milliseconds. */
  async function latency(delayMs: number, attemptTimeoutMs: number): Promise<string | undefined> {
    const late: RequestListener = (_, answer) => setTimeout(() => answer.writeHead(401).end(), delayMs);
    const server = createServer(late);
    const { lines } = await troublesWith({
      DFNS_API_URL: `http://127.0.0.1:${await portOf(server)}`,
      DFNS_ATTEMPT_TIMEOUT_MS: `${attemptTimeoutMs}`,
      DFNS_MAX_ATTEMPTS: '1',
    });
    await close(server);
    return lines.find((line) => line.includes('latency'));
  }

  it('how long an answer takes', async () => {
    expect(await latency(0, 5_000)).toBeUndefined();
    expect(await latency(250, 990)).toMatch(/^warning latency: an answer takes \d+ ms .* quarter .*\(990\)/);
    expect(await latency(60, 20)).toMatch(/^failed latency: .* → it must be below DFNS_ATTEMPT_TIMEOUT_MS \(20\)/);
  });
});
