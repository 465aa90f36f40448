import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { DelegatedCeremonies, DfnsAuthModuleOptions, SealingOptions } from 'nestjs-dfns-auth';

/** What the process of a replica needs: the options of the instance, the directory of the rows, the keys that seal them. */
export interface CeremonyReplicaOptions {
  options: DfnsAuthModuleOptions;
  directory: string;
  sealing: SealingOptions;
}

/** One replica of an application: a process with its own instance. See ceremony-replica-process.mjs. */
export class CeremonyReplica {
  private constructor(private readonly child: ChildProcess) {}

  /** Starts the process, and waits until it is ready. */
  static async start(options: CeremonyReplicaOptions): Promise<CeremonyReplica> {
    const child = fork(join('libs', 'dfns-auth', 'test', 'support', 'ceremony-replica-process.mjs'), {
      env: { ...process.env, NODE_OPTIONS: '', REPLICA: JSON.stringify(options) },
      execArgv: [],
    });
    await once(child, 'message');
    return new CeremonyReplica(child);
  }

  /** Calls a method of `DelegatedCeremonies`. @throws Error with the code of the error as its message */
  async call<M extends keyof DelegatedCeremonies>(
    method: M,
    ...given: Parameters<DelegatedCeremonies[M]>
  ): Promise<Awaited<ReturnType<DelegatedCeremonies[M]>>> {
    this.child.send({ method, given });
    const [{ result, failure }] = await once(this.child, 'message');
    if (failure !== undefined) throw new Error(failure);
    return result;
  }

  /** Ends the process. */
  async stop(): Promise<void> {
    this.child.disconnect();
    await once(this.child, 'exit');
  }
}
