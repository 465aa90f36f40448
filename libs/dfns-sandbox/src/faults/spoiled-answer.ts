import type { ServerResponse } from 'node:http';
import type { SpoilingFault } from './fault.js';

const DROPS_PER_SECOND = 10;

/** Lets the handler work and spoils what it answers. */
export function spoilAnswer(fault: SpoilingFault, response: ServerResponse): void {
  const finish = response.end.bind(response);
  response.end = ((chunk?: string | Buffer) => {
    spoil(fault, response, Buffer.from(chunk ?? ''), () => finish());
    return response;
  }) as ServerResponse['end'];
}

function spoil(fault: SpoilingFault, response: ServerResponse, body: Buffer, finish: () => void): void {
  const half = body.subarray(0, Math.ceil(body.length / 2));
  if (fault.kind === 'slow') drip(response, body, fault.bytesPerSecond ?? 1, finish);
  else if (fault.kind === 'truncate') response.write(half, () => response.socket?.end());
  else if (fault.kind === 'hang') response.write(half);
  else if (fault.when === 'after') response.socket?.resetAndDestroy();
  else response.write(half, () => response.socket?.resetAndDestroy());
}

/** Writes drop by drop until the body is over or the client has gone. */
function drip(response: ServerResponse, body: Buffer, bytesPerSecond: number, finish: () => void): void {
  const drop = Math.max(1, Math.round(bytesPerSecond / DROPS_PER_SECOND));
  let sent = 0;
  response.flushHeaders();
  const timer = setInterval(
    () => {
      response.write(body.subarray(sent, sent + drop));
      sent += drop;
      if (sent < body.length) return;
      clearInterval(timer);
      finish();
    },
    (drop / bytesPerSecond) * 1000,
  );
  response.once('close', () => clearInterval(timer));
}
