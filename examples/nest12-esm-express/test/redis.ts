import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { createInterface } from 'node:readline';

/** A Redis of its own on a free port, which keeps nothing on disk. */
export async function startRedis(): Promise<{ url: string; process: ChildProcess }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  const process = spawn('redis-server', ['--port', String(port), '--save', '', '--appendonly', 'no']);
  for await (const line of createInterface(process.stdout)) if (line.includes('Ready to accept')) break;
  process.stdout.resume();
  return { url: `redis://127.0.0.1:${port}`, process };
}
