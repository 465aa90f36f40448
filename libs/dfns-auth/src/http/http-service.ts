import { type Agent, globalAgent as globalHttpAgent, Agent as HttpAgent } from 'node:http';
import { globalAgent as globalHttpsAgent, Agent as HttpsAgent } from 'node:https';
import { HttpService } from '@nestjs/axios';
import {
  Axios,
  type AxiosAdapter,
  type AxiosRequestConfig,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
} from 'axios';
import type { DfnsAuthConfig } from '../config/config.js';
import { leanAdapter } from './lean-adapter.js';

/** Milliseconds after which an idle connection is given up. */
const IDLE_MS = 60_000;

/**
 * An axios object that passes each request directly to its adapter. It is private to one instance of the module, so it
 * needs no interceptors and no merging of defaults. Both together were a third of the cost of a login.
 */
class DirectAxios extends Axios {
  readonly #adapter: AxiosAdapter;
  readonly #agent: Agent;

  constructor(adapter: AxiosAdapter, agent: Agent) {
    // The agent is not among the defaults, which can be printed: its connections hold the last headers.
    super({ adapter });
    this.#adapter = adapter;
    this.#agent = agent;
  }

  override request<T, R = AxiosResponse<T>>(config: AxiosRequestConfig): Promise<R> {
    return this.#adapter(config as InternalAxiosRequestConfig) as Promise<R>;
  }

  close(): void {
    this.#agent.destroy();
  }
}

/**
 * The HTTP client of one instance. It has its own connections, unless the application brings an agent. It does nothing
 * of what axios does otherwise: it reads, rewrites and follows nothing.
 */
export function createHttpService({ baseUrl, http }: DfnsAuthConfig): HttpService {
  const agent = http.agent ?? ownAgent(baseUrl, http.maxSockets);
  const instance = new DirectAxios(leanAdapter(new URL(baseUrl), agent, http.maxResponseBytes), agent);
  return new HttpService(instance as unknown as HttpService['axiosRef']);
}

/** Closes the connections of an {@link HttpService} made here. An agent of the application is not ours to close. */
export function closeHttpService({ axiosRef }: HttpService, { http }: DfnsAuthConfig): void {
  if (http.agent === undefined) (axiosRef as unknown as DirectAxios).close();
}

/**
 * With a `timeout`, and only then, Node gives a kept connection up a second before the moment that the server announced
 * in `Keep-Alive: timeout=…`. So no request meets a connection that the server is closing.
 */
function ownAgent(baseUrl: string, maxSockets: number): Agent {
  const isSecure = baseUrl.startsWith('https:');
  const OwnAgent = isSecure ? HttpsAgent : HttpAgent;
  const proxy = proxyOf(isSecure ? globalHttpsAgent : globalHttpAgent);
  const agent = new OwnAgent({ keepAlive: true, maxSockets, scheduling: 'lifo', timeout: IDLE_MS, ...proxy });
  // All its connections lead to one server. Node would make a name of some twenty options, twice for each request.
  return Object.assign(agent, { getName: () => 'dfns' });
}

const PROXY_VARIABLES = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'NO_PROXY', 'no_proxy'];

/**
 * The proxy that Node uses for its own agents: that of the proxy variables, if its switch is on (`NODE_USE_ENV_PROXY=1`,
 * `--use-env-proxy`; Node 22.21, and 24.5 and later). Only these variables are copied: the others hold secrets.
 */
function proxyOf(agent: Agent): { proxyEnv?: Record<string, string> } {
  const { proxyEnv } = (agent as unknown as { options: { proxyEnv?: NodeJS.ProcessEnv } }).options;
  if (!proxyEnv) return {};
  const variables = PROXY_VARIABLES.flatMap((name) => (proxyEnv[name] ? [[name, proxyEnv[name]]] : []));
  return { proxyEnv: Object.fromEntries(variables) };
}
