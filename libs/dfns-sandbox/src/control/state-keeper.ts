import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { PlatformEvents } from '../events/platform-events.js';
import { CallJournal } from '../journal/call-journal.js';
import { KeptState } from '../state/kept-state.js';
import { writeStateFile } from '../state/state-file.js';

const DELAY_MS = 50;

/** Writes the state file soon after each change, and when the sandbox stops. Without the option `state` it does nothing. */
@Injectable()
export class StateKeeper implements OnApplicationShutdown {
  #path: string | undefined;
  #timer?: NodeJS.Timeout;
  #written = '';

  constructor(
    private readonly config: SandboxConfig,
    private readonly state: KeptState,
    private readonly journal: CallJournal,
    private readonly events: PlatformEvents,
  ) {}

  /** Writes the file now, and from now on. @throws Error if it cannot be written */
  start(path: string): void {
    this.#path = path;
    this.#write();
    this.journal.listen(({ durationMs }) => {
      if (durationMs !== undefined) this.schedule();
    });
    this.events.listen(() => this.schedule());
  }

  /** Call it when something may have changed. */
  schedule(): void {
    if (this.#path !== undefined) this.#timer ??= setTimeout(() => this.#writeLater(), DELAY_MS).unref();
  }

  onApplicationShutdown(): void {
    clearTimeout(this.#timer);
    if (this.#path !== undefined) this.#write();
    // What ends later must not write over the state of a sandbox that uses the file now.
    this.#path = undefined;
  }

  #writeLater(): void {
    this.#timer = undefined;
    try {
      this.#write();
    } catch (error) {
      process.emitWarning(`The state file cannot be written: ${error}`);
    }
  }

  #write(): void {
    const last = this.state.save();
    if (this.#path === undefined || last === this.#written) return;
    writeStateFile(this.#path, { orgId: this.config.orgId, beginning: this.state.beginning, last });
    this.#written = last;
  }
}
