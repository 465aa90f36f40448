import { type ClientRequest, Agent as PlainAgent } from 'node:http';
import { Agent } from 'node:https';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { DelegatedAuthService, type DfnsAuthModuleOptions, DfnsClient } from 'nestjs-dfns-auth';
import { type Certificates, makeCertificates } from './support/certificates.js';
import { type LocalServer, openProxy, openTlsGateway, ProxyAgent } from './support/egress.js';
import { failureOf } from './support/failure-of.js';
import { useSandbox } from './support/use-sandbox.js';

const LOGIN = ['POST /auth/action/init', 'POST /auth/action', 'POST /auth/login/delegated'];
const WRITE = ['POST /auth/action/init', 'POST /auth/action', 'POST /wallets'];

const world = useSandbox({ users: ['ada'] });
const servers: LocalServer[] = [];
const agents: Agent[] = [];
let certificates: Certificates;

beforeAll(() => {
  certificates = makeCertificates();
});

afterEach(async () => {
  for (const agent of agents.splice(0)) agent.destroy();
  for (const server of servers.splice(0)) await server.close();
});

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

async function gateway(options: object = {}): Promise<LocalServer> {
  const server = await openTlsGateway(world.sandbox.url, { ...certificates.server, ...options });
  servers.push(server);
  return server;
}

function start({ url }: LocalServer, agent?: Agent): Promise<TestingModule> {
  if (agent) agents.push(agent);
  const options: Partial<DfnsAuthModuleOptions> = { baseUrl: url, http: { agent, maxAttempts: 2 } };
  return world.startInstance(options);
}

const login = (context: TestingModule) => context.get(DelegatedAuthService).login({ username: 'ada' });
const write = (context: TestingModule) =>
  context.get(DfnsClient).request({
    method: 'POST',
    path: '/wallets',
    body: { network: 'EthereumSepolia' },
    caller: 'serviceAccount',
  });

/** A write whose first request is the call itself. */
const userWrite = (context: TestingModule) =>
  context.get(DfnsClient).request({
    method: 'POST',
    path: '/wallets',
    body: { network: 'EthereumSepolia' },
    caller: { userToken: world.sandbox.issueUserToken('ada') },
    userAction: 'signed.by.ada',
  });

async function expectCalls(context: TestingModule, { seen }: LocalServer): Promise<void> {
  await expect(login(context)).resolves.toHaveProperty('token');
  await expect(write(context)).resolves.toHaveProperty('id');
  expect(seen).toEqual([...LOGIN, ...WRITE]);
}

describe('a private certificate authority', () => {
  it('is trusted by the agent of the application', async () => {
    const dfns = await gateway();
    await expectCalls(await start(dfns, new Agent({ keepAlive: true, ca: certificates.ca })), dfns);
  });

  it.each([
    ['no agent', () => undefined],
    ['an agent that does not know it', () => new Agent()],
    ['a proxy and an agent that does not know it', async () => new ProxyAgent((await proxy()).url, {})],
  ])('is not trusted with %s, and the error says what to do', async (_, agentOf) => {
    const dfns = await gateway();
    const context = await start(dfns, await agentOf());
    for (const call of [login, write, userWrite]) {
      expect(await failureOf(call(context))).toMatchObject({
        code: 'DFNS_UNAVAILABLE',
        message: expect.stringMatching(/\(UNABLE_TO_VERIFY_LEAF_SIGNATURE\): .* is not trusted; .* give http\.agent/),
        mayHaveHappened: false,
      });
    }
    expect(dfns.seen).toEqual([]);
  });
});

describe('a gateway that wants a client certificate', () => {
  const strict = () => gateway({ ca: certificates.ca, requestCert: true, rejectUnauthorized: true });

  it('gets it from the agent of the application', async () => {
    const dfns = await strict();
    await expectCalls(
      await start(dfns, new Agent({ keepAlive: true, ca: certificates.ca, ...certificates.client })),
      dfns,
    );
  });

  it('refuses calls without it, and the error says what to do', async () => {
    const dfns = await strict();
    const context = await start(dfns, new Agent({ ca: certificates.ca }));
    expect(await failureOf(login(context))).toMatchObject({
      code: 'DFNS_UNAVAILABLE',
      message: expect.stringMatching(/client certificate .* give http\.agent/),
    });
    expect(dfns.seen).toEqual([]);
  });
});

async function proxy(): Promise<LocalServer> {
  const server = await openProxy();
  servers.push(server);
  return server;
}

describe('an egress proxy', () => {
  it('carries all requests, in tunnels that it cannot look into', async () => {
    const [dfns, egress] = [await gateway(), await proxy()];
    const context = await start(dfns, new ProxyAgent(egress.url, { ca: certificates.ca }));
    await expectCalls(context, dfns);
    expect(egress.seen).toEqual([`CONNECT ${dfns.url.slice('https://'.length)}`]);
  });

  it('that is down lets no call through, and nothing is sent around it', async () => {
    const [dfns, egress] = [await gateway(), await proxy()];
    const context = await start(dfns, new ProxyAgent(egress.url, { ca: certificates.ca }));
    await egress.close();
    expect(await failureOf(write(context))).toMatchObject({
      code: 'DFNS_UNAVAILABLE',
      message: expect.stringContaining('ECONNREFUSED'),
      mayHaveHappened: false,
    });
    expect(dfns.seen).toEqual([]);
  });

  it('stays open when the application closes, because the agent belongs to the application', async () => {
    const [dfns, egress] = [await gateway(), await proxy()];
    const agent = new ProxyAgent(egress.url, { ca: certificates.ca });
    const [one, other] = [await start(dfns, agent), await start(dfns, agent)];
    await login(one);
    await one.close();
    await login(other);
    expect(egress.seen).toHaveLength(1);
  });
});

/** What the types of Node leave out: every request passes it, and tools that trace requests wrap it. */
type TracedAgent = PlainAgent & { addRequest(request: ClientRequest, options: object): void };

describe('a tool that traces requests', () => {
  it('can add a header to each request', async () => {
    const agent = new PlainAgent({ keepAlive: true }) as TracedAgent;
    const addRequest = agent.addRequest.bind(agent);
    agent.addRequest = (request, options) => {
      request.setHeader('traceparent', TRACE);
      addRequest(request, options);
    };
    const context = await world.startInstance({ http: { agent } });
    await login(context);
    agent.destroy();
    const traced = world.sandbox.requests.slice(-3).map(({ headers }) => headers['traceparent']);
    expect(traced).toEqual([TRACE, TRACE, TRACE]);
  });
});
