import { type Agent, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
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

/**
 * An axios object that passes each request directly to its adapter. It is private to one instance of the module, so it
 * needs no interceptors and no merging of defaults. Both together were a third of the cost of a login.
 */
class DirectAxios extends Axios {
  readonly #adapter: AxiosAdapter;
  readonly #agent: Agent;

  constructor(adapter: AxiosAdapter, agent: Agent) {
    super({ adapter, httpAgent: agent, httpsAgent: agent });
    this.#adapter = adapter;
    this.#agent = agent;
  }

  override request<T, R = AxiosResponse<T>>(config: AxiosRequestConfig): Promise<R> {
    const direct = { ...config, httpAgent: this.#agent, httpsAgent: this.#agent } as InternalAxiosRequestConfig;
    return this.#adapter(direct) as Promise<R>;
  }
}

/**
 * The HTTP client of one instance. It has its own connections and keeps them open until Dfns closes them. Unlike axios,
 * it parses no answer, changes no request and follows no redirect.
 */
export function createHttpService({ baseUrl, http }: DfnsAuthConfig): HttpService {
  const Agent = baseUrl.startsWith('https:') ? HttpsAgent : HttpAgent;
  const agent = new Agent({ keepAlive: true, maxSockets: http.maxSockets, scheduling: 'lifo' });
  const instance = new DirectAxios(leanAdapter(new URL(baseUrl), http.maxResponseBytes), agent);
  return new HttpService(instance as unknown as HttpService['axiosRef']);
}

/** Closes the connections of an {@link HttpService} that {@link createHttpService} made. */
export function closeHttpService({ axiosRef }: HttpService): void {
  (axiosRef.defaults.httpAgent as HttpAgent | undefined)?.destroy();
}
