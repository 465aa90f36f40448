import type { ServerResponse } from 'node:http';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { FaultPlan } from '../faults/fault-plan.js';
import { CallJournal } from '../journal/call-journal.js';
import type { CallRecord } from '../journal/call-record.js';
import { Beginning } from './beginning.js';
import { faultItems } from './control-routes.js';
import { ControlSections } from './control-sections.js';
import { recordView } from './record-view.js';
import { SecretVault } from './secret-vault.js';

const FLUSH_MS = 100;
/** How often it looks for what happened without a request: the clock, deliveries, and the program that started the sandbox. */
const LOOK_MS = 1_000;
const MAX_ITEMS = 200;
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

/** Streams what happens to all open consoles, as server-sent events. It does nothing while no console is open. */
@Injectable()
export class LiveEvents implements OnApplicationShutdown {
  readonly #clients = new Set<ServerResponse>();
  readonly #changed = new Set<CallRecord>();
  /** The JSON of each part that the clients have. */
  readonly #sent = new Map<string, string>();
  #stopListening?: () => void;
  #timer?: NodeJS.Timeout;
  #look?: NodeJS.Timeout;

  constructor(
    private readonly config: SandboxConfig,
    private readonly sections: ControlSections,
    private readonly faults: FaultPlan,
    private readonly journal: CallJournal,
    private readonly vault: SecretVault,
    private readonly beginning: Beginning,
  ) {}

  /** Sends everything, and then every change, until the client closes the connection. */
  open(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    this.#clients.add(response);
    this.#stopListening ??= this.journal.listen((record) => {
      this.#changed.add(record);
      this.schedule();
    });
    this.#look ??= setInterval(() => this.schedule(), LOOK_MS).unref();
    response.once('close', () => this.#close(response));
    const records = this.journal.records.map((record) => recordView(record, this.vault));
    response.write(event('part', { name: 'records', content: records }));
    for (const [name, content] of this.#parts()) response.write(event('part', { name, content }));
    response.write(event('ready', {}));
  }

  /** Sends all changes soon. Call it when something may have changed. */
  schedule(): void {
    if (this.#clients.size > 0) this.#timer ??= setTimeout(() => this.#flush(), FLUSH_MS).unref();
  }

  /** Lets the consoles forget all requests. */
  resetRecords(): void {
    this.#changed.clear();
    this.#broadcast(event('part', { name: 'records', content: [] }));
  }

  onApplicationShutdown(): void {
    clearTimeout(this.#timer);
    clearInterval(this.#look);
    this.#stopListening?.();
  }

  #flush(): void {
    this.#timer = undefined;
    for (const record of this.#changed) this.#broadcast(event('record', recordView(record, this.vault)));
    this.#changed.clear();
    for (const [name, content] of this.#parts()) {
      const json = JSON.stringify(content);
      if (this.#sent.get(name) === json) continue;
      this.#sent.set(name, json);
      this.#broadcast(event('part', { name, content }));
    }
  }

  /** Everything except the requests: the clock, the faults, and one part for each section. */
  #parts(): [name: string, content: unknown][] {
    const { clock } = this.config;
    const differenceMs = Math.round((clock.now() - Date.now()) / 1_000) * 1_000;
    return [
      ['clock', { aheadMs: clock.aheadMs, differenceMs }],
      ['faults', faultItems(this.faults)],
      ['seeded', this.vault.conceal(this.beginning.seeded)],
      ...this.sections.all.map(({ name, list }): [string, unknown] => {
        const items = list();
        return [name, this.vault.conceal({ total: items.length, items: items.slice(-MAX_ITEMS).reverse() })];
      }),
    ];
  }

  /** A client that does not read is closed. It connects again and then gets everything. */
  #broadcast(text: string): void {
    for (const client of this.#clients) {
      client.write(text);
      if (client.writableLength > MAX_WAITING_BYTES) client.destroy();
    }
  }

  #close(response: ServerResponse): void {
    this.#clients.delete(response);
    if (this.#clients.size > 0) return;
    this.#stopListening?.();
    this.#stopListening = undefined;
    clearInterval(this.#look);
    this.#look = undefined;
    this.#sent.clear();
    this.#changed.clear();
  }
}

const event = (name: string, data: unknown) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
