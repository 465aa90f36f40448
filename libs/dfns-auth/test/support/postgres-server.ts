import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from './redis-server.js';

/** Where Debian puts the programs of each version. */
const DEBIAN = '/usr/lib/postgresql';

/** A `postgres` process on a free port, with a database in a temporary folder. */
export class PostgresServer {
  #process: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly folder: string,
  ) {}

  /** Whether this machine has PostgreSQL. */
  static get isInstalled(): boolean {
    return programs() !== undefined;
  }

  static async start(): Promise<PostgresServer> {
    const folder = mkdtempSync(join(tmpdir(), 'postgres-'));
    const { uid, gid } = owner();
    if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid);
    const options = ['-D', join(folder, 'data'), '-A', 'trust', '-U', 'test', '--no-sync', '--no-locale', '-E', 'UTF8'];
    execFileSync(join(programs() as string, 'initdb'), options, { ...owner(), stdio: 'pipe' });
    const server = new PostgresServer(await freePort(), folder);
    await server.start();
    return server;
  }

  get url(): string {
    return `postgresql://test@127.0.0.1:${this.port}/postgres`;
  }

  /** Starts the server, also again after {@link kill}: on the same port, with the same rows. */
  async start(): Promise<void> {
    const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off', `port=${this.port}`];
    const options = ['-D', join(this.folder, 'data'), ...settings.flatMap((setting) => ['-c', setting])];
    const stdio: SpawnOptions['stdio'] = ['ignore', 'ignore', 'pipe'];
    this.#process = spawn(join(programs() as string, 'postgres'), options, { ...owner(), stdio });
    for await (const line of createInterface({ input: this.#process.stderr as NodeJS.ReadableStream })) {
      if (line.includes('ready to accept connections')) break;
    }
    this.#process.stderr?.resume();
  }

  /** Ends all processes of the server at once. Their clients are told nothing. */
  async kill(): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    if (!process) return;
    process.kill('SIGQUIT');
    if (process.exitCode === null && process.signalCode === null) await once(process, 'exit');
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true });
  }
}

/** The folder with the programs of the newest version. */
function programs(): string | undefined {
  if (!existsSync(DEBIAN)) return undefined;
  const versions = readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a));
  return versions.map((version) => join(DEBIAN, version, 'bin')).find((bin) => existsSync(join(bin, 'postgres')));
}

/** PostgreSQL does not run as root: there it runs as the user that its package has made. */
function owner(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (kind: string) => Number(execFileSync('id', [kind, 'postgres']));
  return { uid: id('-u'), gid: id('-g') };
}
