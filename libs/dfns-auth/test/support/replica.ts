import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What the process of a replica needs: the options of the instance, the Redis, the keys that seal rows. */
export interface ReplicaOptions {
  options: object;
  redisUrl: string;
  sealing: object;
}

/** The result of one `getToken`: the token, or the code of the error. */
export interface TokenOrFailure {
  token?: string;
  failure?: string;
}

/** One replica of an application: a process with its own instance. See replica-process.mjs. */
export class Replica {
  private constructor(private readonly child: ChildProcess) {}

  /** Starts the process, and waits until it is ready. */
  static async start(options: ReplicaOptions): Promise<Replica> {
    const child = fork(join('libs', 'dfns-auth', 'test', 'support', 'replica-process.mjs'), {
      env: { ...process.env, NODE_OPTIONS: '', REPLICA: JSON.stringify(options) },
      execArgv: [],
    });
    await once(child, 'message');
    return new Replica(child);
  }

  /** Calls `getToken` for all usernames at the same time. Returns the results in the same order. */
  async getTokens(now: number, usernames: string[]): Promise<TokenOrFailure[]> {
    this.child.send({ now, usernames });
    const [results] = await once(this.child, 'message');
    return results as TokenOrFailure[];
  }

  /** Ends the process. */
  async stop(): Promise<void> {
    this.child.disconnect();
    await once(this.child, 'exit');
  }
}
