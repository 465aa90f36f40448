import { type IncomingMessage, type OutgoingHttpHeaders, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { AxiosAdapter, AxiosResponse, InternalAxiosRequestConfig } from 'axios';
import { TransportError } from './transport-error.js';

/**
 * An axios adapter that does what Dfns needs and nothing else: one request over a kept connection, no redirect
 * followed, no compression, one time limit from connecting to the last byte (`config.timeout`), a bounded answer handed
 * over as bytes. It rejects with {@link TransportError} only. About half the cost of the adapter of axios.
 *
 * @param maxResponseBytes of the longest answer that is read
 */
export function leanAdapter(maxResponseBytes: number): AxiosAdapter {
  return (config) => new Promise((resolve, reject) => new Exchange(config, maxResponseBytes, resolve, reject));
}

class Exchange {
  readonly #config: InternalAxiosRequestConfig;
  readonly #maxResponseBytes: number;
  readonly #resolve: (response: AxiosResponse<Buffer>) => void;
  readonly #reject: (error: TransportError) => void;
  readonly #request;
  readonly #timer: NodeJS.Timeout;
  #sent = false;

  constructor(
    config: InternalAxiosRequestConfig,
    maxResponseBytes: number,
    resolve: (response: AxiosResponse<Buffer>) => void,
    reject: (error: TransportError) => void,
  ) {
    this.#config = config;
    this.#maxResponseBytes = maxResponseBytes;
    this.#resolve = resolve;
    this.#reject = reject;
    const url = new URL(config.url as string);
    const body = config.data as Buffer | undefined;
    const secure = url.protocol === 'https:';
    this.#request = (secure ? requestHttps : requestHttp)(url, {
      agent: secure ? config.httpsAgent : config.httpAgent,
      method: config.method?.toUpperCase(),
      headers: { ...(config.headers.toJSON() as OutgoingHttpHeaders), ...(body && { 'content-length': body.length }) },
    });
    this.#timer = setTimeout(() => this.#fail('timeout'), config.timeout);
    config.signal?.addEventListener?.('abort', this.#abort);
    this.#request
      .on('socket', (socket) => {
        if (!socket.connecting) this.#sent = true;
        else socket.once(secure ? 'secureConnect' : 'connect', this.#connected);
      })
      .on('response', (response) => this.#read(response))
      .on('error', (error: NodeJS.ErrnoException) => this.#fail(this.#sent ? 'reset' : 'connect', error.code));
    this.#request.end(body);
  }

  readonly #connected = () => {
    this.#sent = true;
  };

  readonly #abort = () => this.#fail('aborted');

  #read(response: IncomingMessage): void {
    const encoding = response.headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity') return this.#fail('encoded');
    if (Number(response.headers['content-length'] ?? 0) > this.#maxResponseBytes) return this.#fail('too-large');
    const chunks: Buffer[] = [];
    let length = 0;
    response
      .on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > this.#maxResponseBytes) return this.#fail('too-large');
        chunks.push(chunk);
      })
      .on('error', (error: NodeJS.ErrnoException) => this.#fail('reset', error.code))
      .on('end', () => {
        this.#settle();
        this.#resolve({
          status: response.statusCode as number,
          statusText: '',
          headers: response.headers as AxiosResponse['headers'],
          data: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks),
          config: this.#config,
        });
      });
  }

  #fail(failure: TransportError['failure'], systemCode?: string): void {
    this.#settle();
    this.#request.destroy();
    this.#reject(new TransportError(failure, this.#sent, systemCode));
  }

  #settle(): void {
    clearTimeout(this.#timer);
    this.#config.signal?.removeEventListener?.('abort', this.#abort);
  }
}
