import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import type { CreatedServiceAccount, DfnsSandbox } from 'dfns-sandbox';

/** The command of the built package. `npm test` builds it first. */
export const BIN = join('libs', 'dfns-auth', 'bin', 'dfns-auth.js');

export interface CommandResult {
  /** The exit code. */
  code: number;
  stdout: string;
  stderr: string;
}

export type Variables = Record<string, string>;

/** One finding of `doctor --json`. */
export interface Finding {
  check: string;
  status: 'ok' | 'warning' | 'failed' | 'unknown';
  message: string;
  fix?: string;
}

/** Runs commands, in a process that stays, or each in a process of its own. Its members work inside hooks and tests. */
export class Commands {
  /** A folder for the files of the tests. */
  folder!: string;
  /** All that the commands printed. */
  printed = '';
  #process!: ChildProcess;

  async open(): Promise<void> {
    this.folder = mkdtempSync(join(tmpdir(), 'dfns-commands-'));
    const script = join('libs', 'dfns-auth', 'test', 'support', 'command-process.mjs');
    this.#process = fork(script, { env: withoutDfns(), execArgv: [] });
    await once(this.#process, 'message');
  }

  async close(): Promise<void> {
    this.#process.kill();
    await once(this.#process, 'exit');
    rmSync(this.folder, { recursive: true });
  }

  /** Runs a command in the process that stays. */
  async run(args: string[], env: Variables = {}): Promise<CommandResult> {
    this.#process.send({ args, env });
    const [result] = (await once(this.#process, 'message')) as [CommandResult];
    return this.#noted(result);
  }

  /** Runs a command in a process of its own, as a user does. */
  spawn(args: string[], env: Variables = {}): Promise<CommandResult> {
    return new Promise((resolve) => {
      const child = execFile(
        process.execPath,
        [BIN, ...args],
        { env: { ...withoutDfns(), ...env } },
        (_, stdout, stderr) => resolve(this.#noted({ code: child.exitCode as number, stdout, stderr })),
      );
    });
  }

  /** Runs the doctor, and returns its exit code and what it found that is not right. */
  async doctor(
    env: Variables,
    args: string[] = [],
  ): Promise<{ code: number; findings: Finding[]; troubles: Finding[] }> {
    const { code, stdout, stderr } = await this.run(['doctor', '--json', ...args], env);
    if (stderr !== '') throw new Error(stderr);
    const { ok, checks } = JSON.parse(stdout) as { ok: boolean; checks: Finding[] };
    if (ok !== (code === 0)) throw new Error(`ok is ${ok} with the exit code ${code}`);
    return { code, findings: checks, troubles: checks.filter(({ status }) => status !== 'ok') };
  }

  /** Writes a file into the folder of the tests. @returns its path */
  file(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    return path;
  }

  #noted(result: CommandResult): CommandResult {
    this.printed += result.stdout + result.stderr;
    return result;
  }
}

/** Opens {@link Commands} for all tests of the file. */
export function useCommands(): Commands {
  const commands = new Commands();
  beforeAll(() => commands.open());
  afterAll(() => commands.close());
  return commands;
}

/** The variables with which an application uses this sandbox. */
export function variablesOf(sandbox: DfnsSandbox, account: CreatedServiceAccount): Variables {
  return {
    DFNS_API_URL: sandbox.url,
    DFNS_ORG_ID: sandbox.orgId,
    DFNS_AUTH_TOKEN: account.authToken,
    DFNS_CRED_ID: account.credId,
    DFNS_PRIVATE_KEY: account.privateKey as string,
  };
}

function withoutDfns(): Variables {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(DFNS_|NODE_OPTIONS$|NO_COLOR$|FORCE_COLOR$)|proxy$/i.test(name),
  );
  return Object.fromEntries(kept) as Variables;
}
