import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface ReplicaOptions {
  options: object;
  redisUrl: string;
  sealing: object;
}

export interface TokenOrFailure {
  token?: string;
  failure?: string;
}

/** A process with a registration of its own; see replica-process.mjs. */
export class Replica {
  private constructor(private readonly child: ChildProcess) {}

  static async start(options: ReplicaOptions): Promise<Replica> {
    const child = fork(join('libs', 'dfns-auth', 'test', 'replicas', 'replica-process.mjs'), {
      env: { ...process.env, NODE_OPTIONS: '', REPLICA: JSON.stringify(options) },
      execArgv: [],
    });
    await once(child, 'message');
    return new Replica(child);
  }

  /** What came of `getToken` for each username, all at the same time. */
  async getTokens(now: number, usernames: string[]): Promise<TokenOrFailure[]> {
    this.child.send({ now, usernames });
    const [results] = await once(this.child, 'message');
    return results as TokenOrFailure[];
  }

  async stop(): Promise<void> {
    this.child.disconnect();
    await once(this.child, 'exit');
  }
}
