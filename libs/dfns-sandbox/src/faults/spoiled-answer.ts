import type { ServerResponse } from 'node:http';
import { answered } from '../journal/call-record.js';
import { breakConnection } from '../server/connections.js';
import type { SpoilingFault } from './fault.js';

const PARTS_PER_SECOND = 10;

/** Lets the handler run, and spoils its answer. */
export function spoilAnswer(fault: SpoilingFault, response: ServerResponse): void {
  const finish = response.end.bind(response);
  response.end = ((chunk?: string | Buffer) => {
    const body = Buffer.from(chunk ?? '');
    answered(body.toString('utf8'));
    spoil(fault, response, body, () => finish());
    return response;
  }) as ServerResponse['end'];
}

function spoil(fault: SpoilingFault, response: ServerResponse, body: Buffer, finish: () => void): void {
  const half = body.subarray(0, Math.ceil(body.length / 2));
  if (fault.kind === 'slow') writeSlowly(response, body, fault.bytesPerSecond ?? 1, finish);
  else if (fault.kind === 'truncate') response.write(half, () => response.socket?.end());
  else if (fault.kind === 'hang') response.write(half);
  else if (fault.when === 'after') breakConnection(response.socket);
  else response.write(half, () => breakConnection(response.socket));
}

/** Writes the body in small parts. It stops when the body is complete or when the client closes the connection. */
function writeSlowly(response: ServerResponse, body: Buffer, bytesPerSecond: number, finish: () => void): void {
  const partBytes = Math.max(1, Math.round(bytesPerSecond / PARTS_PER_SECOND));
  let sent = 0;
  response.flushHeaders();
  const timer = setInterval(
    () => {
      response.write(body.subarray(sent, sent + partBytes));
      sent += partBytes;
      if (sent < body.length) return;
      clearInterval(timer);
      finish();
    },
    (partBytes / bytesPerSecond) * 1000,
  );
  response.once('close', () => clearInterval(timer));
}
