import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';

/** Milliseconds for one command. */
const LIMIT_MS = 10 * 60_000;

/** One application in a folder of its own. It knows nothing of this repository but the packed archives. */
export class Application {
  #started = [];

  constructor(folder, archives) {
    this.folder = folder;
    this.archives = archives;
  }

  path(...parts) {
    return join(this.folder, ...parts);
  }

  write(path, content) {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    writeFileSync(this.path(path), typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  }

  read(path) {
    return readFileSync(this.path(path), 'utf8');
  }

  /** Copies a file or a folder of the repository. */
  copy(from, to = '.') {
    cpSync(from, this.path(to), { recursive: true });
  }

  /** Runs an `npm install` line. The names of our packages become the paths of the archives. */
  install(line) {
    const words = line.trim().split(/\s+/);
    const packages = words.map((word) => this.archives[word] ?? word);
    return this.run(`${packages.join(' ')} --no-audit --no-fund --prefer-offline`);
  }

  /** Runs a line of shell and returns what it prints. @throws Error with the output if the line fails */
  async run(line, env) {
    const child = this.#spawn(line, env);
    const timer = setTimeout(() => end(child), LIMIT_MS);
    const code = await new Promise((done) => child.once('close', done));
    clearTimeout(timer);
    if (code === 0) return child.output;
    throw new Error(`${line} ended with ${code}:\n${child.output}`);
  }

  /** Starts a line of shell that runs until {@link stop}. Resolves when `ready` does. */
  async start(line, ready, env) {
    const child = this.#spawn(line, env);
    this.#started.push(child);
    for (const stop = Date.now() + LIMIT_MS; Date.now() < stop && child.exitCode === null; ) {
      const result = await ready(child.output).catch(() => undefined);
      if (result) return result;
      await new Promise((done) => setTimeout(done, 200));
    }
    throw new Error(`${line} did not become ready:\n${child.output}`);
  }

  /** Ends what was started. */
  stop() {
    for (const child of this.#started) end(child);
  }

  #spawn(line, extra = {}) {
    // `npm run --ignore-scripts` would hand its setting on to the application.
    const { npm_config_ignore_scripts: _, NODE_OPTIONS: __, ...inherited } = process.env;
    const env = { ...inherited, FORCE_COLOR: '0', ...extra };
    // A group of its own, so that npx ends together with what it starts.
    const child = spawn('sh', ['-c', line], {
      cwd: this.folder,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        child.output += chunk;
      });
    }
    return child;
  }
}

function end({ pid, exitCode }) {
  if (exitCode === null) process.kill(-pid, 'SIGKILL');
}

/** A port of this machine that nobody uses. */
export async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}
