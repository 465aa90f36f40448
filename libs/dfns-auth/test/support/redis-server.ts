import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

/** A `redis-server` process on a free port. It writes no rows to disk. */
export class RedisServer {
  #process: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly options: readonly string[],
  ) {}

  /** Whether this machine has `redis-server`. */
  static get isInstalled(): boolean {
    return spawnSync('redis-server', ['--version']).status === 0;
  }

  /** Finds a free port, and starts a server on it. `options` are more arguments of `redis-server`. */
  static async start(options: readonly string[] = []): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), options);
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts the server, also again after {@link kill}: on the same port, and empty. */
  async start(): Promise<void> {
    const options = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    this.#process = spawn('redis-server', [...options, ...this.options], { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface({ input: this.#process.stdout as NodeJS.ReadableStream })) {
      if (line.includes('Ready to accept connections')) break;
    }
    this.#process.stdout?.resume();
  }

  /** Ends the process immediately, like a crash. */
  async kill(): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    if (!process) return;
    process.kill('SIGKILL');
    if (process.exitCode === null && process.signalCode === null) await once(process, 'exit');
  }

  /** Stops the process. It keeps its connections, and it answers nothing. */
  freeze(): void {
    this.#process?.kill('SIGSTOP');
  }

  /** Continues the process after {@link freeze}. */
  thaw(): void {
    this.#process?.kill('SIGCONT');
  }
}

/** A port of this machine that nobody uses now. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  return port;
}

/** Runs a command with `redis-cli`, and returns its answer. */
export async function redis({ port }: RedisServer, ...command: string[]): Promise<string> {
  return (await promisify(execFile)('redis-cli', ['-p', String(port), ...command])).stdout;
}
