import { expect } from '@jest/globals';
import { DfnsSandbox, type SandboxOptions } from 'dfns-sandbox';
import { ContractProxy } from './contract-proxy.js';

/** A sandbox whose every exchange must keep to the OpenAPI document. */
export class CheckedSandbox {
  /** A request by hand. */
  readonly call: ReturnType<typeof callerOf>;

  private constructor(
    readonly sandbox: DfnsSandbox,
    readonly url: string,
    private readonly proxy: ContractProxy,
  ) {
    this.call = callerOf(url);
  }

  static async start(options?: SandboxOptions): Promise<CheckedSandbox> {
    const sandbox = await DfnsSandbox.start(options);
    const proxy = new ContractProxy(sandbox.url);
    return new CheckedSandbox(sandbox, await proxy.start(), proxy);
  }

  async stop(): Promise<void> {
    await this.proxy.stop();
    await this.sandbox.stop();
    expect(this.proxy.violations).toEqual([]);
  }
}

/** Sends requests by hand. */
export function callerOf(url: string) {
  return async (method: string, path: string, { token, body, headers }: CallOptions = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { ...(token && { authorization: `Bearer ${token}` }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const answer = JSON.parse(await response.text());
    return { status: response.status, headers: response.headers, body: answer, message: answer.error?.message };
  };
}

interface CallOptions {
  token?: string;
  body?: string | object;
  headers?: Record<string, string>;
}
