import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort, RedisServer, redis } from './redis-server.js';

const SLOTS = 16_384;
const MASTERS = 3;
/** Milliseconds without an answer after which the others take a node for dead. */
const NODE_TIMEOUT_MS = 500;
const START_LIMIT_MS = 15_000;

/** A Redis Cluster of three masters, on free ports of this machine. With replicas, each master has one. */
export class RedisCluster {
  private constructor(
    readonly masters: RedisServer[],
    readonly replicas: RedisServer[],
    private readonly folder: string,
  ) {}

  /** Starts the nodes, and waits until all of them know that the cluster is complete. */
  static async start({ withReplicas = false } = {}): Promise<RedisCluster> {
    const folder = mkdtempSync(join(tmpdir(), 'redis-cluster-'));
    const node = async () => {
      const busPort = String(await freePort());
      const cluster = ['--cluster-enabled', 'yes', '--cluster-port', busPort, '--dir', folder];
      const files = ['--cluster-config-file', `${busPort}.conf`, '--cluster-node-timeout', String(NODE_TIMEOUT_MS)];
      const server = await RedisServer.start([...cluster, ...files, '--repl-diskless-sync-delay', '0']);
      return { server, busPort };
    };
    const nodes = [];
    for (let i = 0; i < (withReplicas ? 2 : 1) * MASTERS; i += 1) nodes.push(await node());
    const servers = nodes.map(({ server }) => server);
    const cluster = new RedisCluster(servers.slice(0, MASTERS), servers.slice(MASTERS), folder);
    try {
      const [first] = servers as [RedisServer];
      for (const [i, { server, busPort }] of nodes.entries()) {
        await redis(server, 'CLUSTER', 'SET-CONFIG-EPOCH', String(i + 1));
        if (i > 0) await redis(first, 'CLUSTER', 'MEET', '127.0.0.1', String(server.port), busPort);
      }
      await cluster.#shareSlots();
      await cluster.#follow();
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  get urls(): string[] {
    return [...this.masters, ...this.replicas].map(({ url }) => url);
  }

  /** Makes the replica of a master the master of its slots, while its master lives: no row is lost. */
  async promoteReplicaOf(master: RedisServer): Promise<void> {
    const i = this.masters.indexOf(master);
    const replica = this.replicas[i] as RedisServer;
    await redis(replica, 'CLUSTER', 'FAILOVER');
    await this.#takesOver(i);
  }

  /** Ends a master like a crash, and waits until its replica is the master of its slots. The last writes may be lost. */
  async crash(master: RedisServer): Promise<void> {
    await master.kill();
    await this.#takesOver(this.masters.indexOf(master));
  }

  /** Runs a command on all masters, and returns the lines of their answers. */
  async onMasters(...command: string[]): Promise<string[]> {
    const answers = await Promise.all(this.masters.map((master) => redis(master, ...command)));
    return answers.flatMap((answer) => answer.split('\n')).filter((line) => line !== '');
  }

  async stop(): Promise<void> {
    await Promise.all([...this.masters, ...this.replicas].map((server) => server.kill()));
    rmSync(this.folder, { recursive: true });
  }

  async #takesOver(i: number): Promise<void> {
    const [master, replica] = [this.masters[i], this.replicas[i]] as [RedisServer, RedisServer];
    await until(async () => (await redis(replica, 'ROLE')).startsWith('master'));
    [this.masters[i], this.replicas[i]] = [replica, master];
  }

  async #shareSlots(): Promise<void> {
    for (const [i, master] of this.masters.entries()) {
      const [from, end] = [i, i + 1].map((n) => Math.floor((n * SLOTS) / MASTERS)) as [number, number];
      await redis(master, 'CLUSTER', 'ADDSLOTSRANGE', String(from), String(end - 1));
    }
    const servers = [...this.masters, ...this.replicas];
    for (const server of servers) {
      await until(async () => {
        const info = await redis(server, 'CLUSTER', 'INFO');
        return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${servers.length}`);
      });
    }
  }

  async #follow(): Promise<void> {
    for (const [i, replica] of this.replicas.entries()) {
      const master = this.masters[i] as RedisServer;
      await redis(replica, 'CLUSTER', 'REPLICATE', (await redis(master, 'CLUSTER', 'MYID')).trim());
      await until(async () => (await redis(replica, 'INFO', 'replication')).includes('master_link_status:up'));
    }
  }
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const giveUpAt = Date.now() + START_LIMIT_MS;
  while (!(await condition())) {
    if (Date.now() > giveUpAt) throw new Error('the Redis Cluster is not ready in time');
    await pause(20);
  }
}
