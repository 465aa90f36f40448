import type { ServerResponse } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { sendEnvelope } from '../errors/error-envelope.filter.js';
import { breakConnection } from '../server/connections.js';
import type { DfnsRequest } from '../server/dfns-request.js';
import type { ReplacingFault } from './fault.js';

type FaultOf<K extends ReplacingFault['kind']> = Extract<ReplacingFault, { kind: K }>;

const DEFAULT_HUGE_BYTES = 100 * 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;
const BAD_GATEWAY = '<html><body><h1>Bad Gateway</h1></body></html>';

/** Answers instead of the handler. For the kind `hang` it does nothing, so the request gets no answer. */
export function replaceAnswer(fault: ReplacingFault, request: DfnsRequest, response: ServerResponse): void {
  if (fault.kind === 'reset') breakConnection(request.socket);
  if (fault.kind === 'status') answerStatus(fault, response);
  if (fault.kind === 'html') answerText(response, fault.status ?? 502, 'text/html', BAD_GATEWAY);
  if (fault.kind === 'redirect') {
    response.setHeader('location', fault.location);
    sendEnvelope(response, fault.status ?? 302, 'Found');
  }
  if (fault.kind === 'huge') answerHuge(fault, response);
  if (fault.kind === 'echo') answerEcho(fault, request, response);
}

function answerStatus(fault: FaultOf<'status'>, response: ServerResponse): void {
  for (const [name, value] of Object.entries(fault.headers ?? {})) response.setHeader(name, value);
  const { status, body, message = 'Injected fault', contentType = 'application/json; charset=utf-8' } = fault;
  if (body === undefined) sendEnvelope(response, status, message);
  else answerText(response, status, contentType, typeof body === 'string' ? body : JSON.stringify(body));
}

function answerText(response: ServerResponse, status: number, contentType: string, body: string): void {
  response.statusCode = status;
  response.setHeader('content-type', contentType);
  response.end(body);
}

function answerHuge({ bytes = DEFAULT_HUGE_BYTES, gzip = false }: FaultOf<'huge'>, response: ServerResponse): void {
  response.setHeader('content-type', 'application/json; charset=utf-8');
  if (gzip) response.setHeader('content-encoding', 'gzip');
  const source = Readable.from(padding(bytes));
  // An error here means that the client closed the connection. Then nothing is left to do.
  if (gzip) pipeline(source, createGzip(), response, () => {});
  else pipeline(source, response, () => {});
}

function* padding(bytes: number): Generator<Buffer> {
  const chunk = Buffer.alloc(CHUNK_BYTES, 'x');
  yield Buffer.from('{"padding":"');
  for (let left = bytes; left > 0; left -= chunk.length) yield chunk.subarray(0, Math.min(left, chunk.length));
  yield Buffer.from('"}');
}

function answerEcho(fault: FaultOf<'echo'>, { headers, bodyText }: DfnsRequest, response: ServerResponse): void {
  const values = Object.values(headers).flat().join(' ');
  sendEnvelope(response, fault.status ?? 400, `Rejected: ${values} ${bodyText}`, { headers, body: bodyText });
}
