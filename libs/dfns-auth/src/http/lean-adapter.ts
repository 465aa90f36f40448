import { type Agent, type IncomingMessage, type OutgoingHttpHeaders, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { AxiosAdapter, AxiosResponse, InternalAxiosRequestConfig } from 'axios';

/** Why there is no usable answer. */
export type TransportFailure = 'connect' | 'reset' | 'timeout' | 'aborted' | 'too-large' | 'encoded' | 'no-http';

/** A failure below HTTP. Internal: it never leaves `http/`. */
export class TransportError extends Error {
  constructor(
    readonly failure: TransportFailure,
    /** Whether Dfns may have received the request. */
    readonly sent: boolean,
    /** The error code of Node, e.g. `ECONNREFUSED`. */
    readonly systemCode?: string,
  ) {
    super(failure);
  }

  /** Whether Dfns, or the way to it, is at fault. */
  get isOutage(): boolean {
    return this.failure === 'connect' || this.failure === 'reset' || this.failure === 'timeout';
  }
}

/**
 * An axios adapter with only what Dfns needs. It sends one request over a connection that is kept open, follows no
 * redirect and refuses a compressed answer. `config.timeout` is the time limit from connecting to the last byte,
 * without the wait for a free connection. The answer is limited in size and returned as bytes. It rejects with
 * {@link TransportError}, or with an error of Node for a header that cannot be sent. It costs about half as much as the
 * adapter of axios.
 *
 * @param origin scheme, host and port of all requests; `config.url` is the path and the query
 * @param agent has the connections
 * @param maxResponseBytes largest answer that is accepted
 */
export function leanAdapter({ protocol, hostname, port }: URL, agent: Agent, maxResponseBytes: number): AxiosAdapter {
  const server = { protocol, hostname: hostname.replace(/^\[|\]$/g, ''), port, agent, maxResponseBytes };
  return (config) =>
    new Promise((resolve, reject) => {
      if (config.signal?.aborted) reject(new TransportError('aborted', false));
      else new LeanRequest(server, config, resolve, reject);
    });
}

/** What {@link leanAdapter} takes beside the settings of axios. */
export interface LeanSettings {
  /** Called when the request leaves on a connection: from then on Dfns may receive it. */
  onSent?: (() => void) | undefined;
}

interface Server {
  protocol: string;
  hostname: string;
  port: string;
  agent: Agent;
  maxResponseBytes: number;
}

class LeanRequest {
  readonly #config: InternalAxiosRequestConfig & LeanSettings;
  readonly #server: Server;
  readonly #resolve: (response: AxiosResponse<Buffer>) => void;
  readonly #reject: (error: TransportError) => void;
  readonly #request;
  #timer: NodeJS.Timeout | undefined;
  #sent = false;

  constructor(
    server: Server,
    config: InternalAxiosRequestConfig & LeanSettings,
    resolve: (response: AxiosResponse<Buffer>) => void,
    reject: (error: TransportError) => void,
  ) {
    this.#config = config;
    this.#server = server;
    this.#resolve = resolve;
    this.#reject = reject;
    const body = config.data as string | undefined;
    const headers = config.headers as OutgoingHttpHeaders;
    if (body) headers['Content-Length'] = Buffer.byteLength(body);
    const secure = server.protocol === 'https:';
    this.#request = (secure ? requestHttps : requestHttp)({
      protocol: server.protocol,
      hostname: server.hostname,
      port: server.port,
      path: config.url,
      agent: server.agent,
      method: config.method,
      // An object, not a list: tools that trace requests add their headers to it.
      headers,
    });
    config.signal?.addEventListener?.('abort', this.#abort);
    this.#request
      .on('socket', (socket) => {
        this.#timer = setTimeout(() => this.#fail('timeout'), config.timeout);
        // The agent of an application may hand over a TLS socket in a tunnel, which is connected but not yet secure.
        const isSecuring = (socket as { secureConnecting?: boolean }).secureConnecting === true;
        if (!socket.connecting && !isSecuring) this.#noteSent();
        else socket.once(secure ? 'secureConnect' : 'connect', this.#noteSent);
      })
      .on('response', (response) => this.#read(response))
      .on('error', (error: NodeJS.ErrnoException) => this.#fail(failureOf(error, this.#sent), error.code));
    // Node sends text together with the headers in one write. Bytes need a second write, a third of the whole cost.
    this.#request.end(body);
  }

  readonly #noteSent = () => {
    this.#sent = true;
    this.#config.onSent?.();
  };

  readonly #abort = () => this.#fail('aborted');

  #read(response: IncomingMessage): void {
    const { headers, statusCode } = response;
    const { maxResponseBytes } = this.#server;
    if ((headers['content-encoding'] ?? 'identity') !== 'identity') this.#fail('encoded');
    if (Number(headers['content-length'] ?? 0) > maxResponseBytes) this.#fail('too-large');
    const chunks: Buffer[] = [];
    let length = 0;
    response
      .on('data', (chunk: Buffer) => {
        length += chunk.length;
        chunks.push(chunk);
        if (length > maxResponseBytes) this.#fail('too-large');
      })
      .on('error', (error: NodeJS.ErrnoException) => this.#fail('reset', error.code))
      .on('end', () => {
        this.#settle();
        this.#resolve({
          status: statusCode as number,
          statusText: '',
          headers: headers as AxiosResponse['headers'],
          data: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks),
          config: this.#config,
        });
      });
  }

  #fail(failure: TransportError['failure'], systemCode?: string): void {
    if (this.#request.reusedSocket && (failure === 'reset' || failure === 'timeout')) this.#dropIdle();
    this.#settle();
    this.#request.destroy();
    this.#reject(new TransportError(failure, this.#sent, systemCode));
  }

  /** Closes the idle connections: an open connection was dead, so the idle ones probably are too. */
  #dropIdle(): void {
    // An agent of the application need not have it.
    const { freeSockets } = this.#server.agent as Partial<Agent>;
    for (const socket of Object.values(freeSockets ?? {}).flat()) socket?.destroy();
  }

  #settle(): void {
    clearTimeout(this.#timer);
    this.#config.signal?.removeEventListener?.('abort', this.#abort);
  }
}

function failureOf({ code }: NodeJS.ErrnoException, sent: boolean): TransportError['failure'] {
  if (code?.startsWith('HPE_')) return 'no-http';
  return sent ? 'reset' : 'connect';
}
