import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import { DfnsSandbox, type StartOptions } from 'dfns-sandbox';
import { ContractProxy } from './contract-proxy.js';
import type { Difference } from './sdk-answers.js';
import { unexplained } from './sdk-differences.js';

/**
 * A sandbox behind a proxy. When it stops, it fails if any answer or accepted body broke the OpenAPI document, or if an
 * answer is different from what the official SDK declares and sdk-differences.ts does not say why.
 */
export class CheckedSandbox {
  #proxy?: ContractProxy;
  sandbox!: DfnsSandbox;
  url = '';

  static async start(options?: StartOptions): Promise<CheckedSandbox> {
    const dfns = new CheckedSandbox();
    await dfns.start(options);
    return dfns;
  }

  async start(options?: StartOptions): Promise<void> {
    this.sandbox = await DfnsSandbox.start({ strict: true, ...options });
    this.#proxy = new ContractProxy(this.sandbox.url);
    this.url = await this.#proxy.start();
  }

  async stop(): Promise<void> {
    await this.#proxy?.stop();
    await this.sandbox.stop();
    expect(this.#proxy?.violations).toEqual([]);
    expect(unexplained(this.differences)).toEqual([]);
  }

  /** What was different so far from what the official SDK declares, with and without a reason. */
  get differences(): Difference[] {
    return this.#proxy?.differences ?? [];
  }

  /** The documented routes that answered so far, refusals aside. All these answers were compared. */
  get answered(): Set<string> {
    return this.#proxy?.answered ?? new Set();
  }

  /** Sends a request without the SDK. */
  readonly call: Call = (...request) => callerOf(this.url)(...request);
}

/** Starts one sandbox before the tests of a file, and stops it after them. Its members work inside hooks and tests. */
export function useSandbox(options?: StartOptions): CheckedSandbox {
  const dfns = new CheckedSandbox();
  beforeAll(() => dfns.start(options));
  afterAll(() => dfns.stop());
  return dfns;
}

/** Returns a function that starts sandboxes of this class. All of them stop after the test that started them. */
export function stoppedAfterEach<S extends { stop(): Promise<void> }>(Sandbox: {
  start(options?: StartOptions): Promise<S>;
}): (options?: StartOptions) => Promise<S> {
  const started: S[] = [];
  afterEach(async () => {
    await Promise.all(started.splice(0).map((sandbox) => sandbox.stop()));
  });
  return async (options) => {
    const sandbox = await Sandbox.start(options);
    started.push(sandbox);
    return sandbox;
  };
}

type Call = ReturnType<typeof callerOf>;

/** Returns a function that sends requests without the SDK. */
export function callerOf(url: string) {
  return async (method: string, path: string, { token, body, headers }: CallOptions = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { ...(token && { authorization: `Bearer ${token}` }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer = text === '' ? {} : JSON.parse(text);
    return { status: response.status, headers: response.headers, text, body: answer, message: answer.error?.message };
  };
}

interface CallOptions {
  token?: string;
  body?: string | object;
  headers?: Record<string, string>;
}
