import type { Agent } from 'node:http';
import {
  Axios,
  type AxiosAdapter,
  type AxiosRequestConfig,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
} from 'axios';

/**
 * An axios instance that hands each request straight to its adapter. It is private to a registration, so there are no
 * interceptors to run and no defaults to merge, and doing both regardless was a third of the cost of a login.
 */
export class DirectAxios extends Axios {
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
