import { Injectable } from '@nestjs/common';
import { described, integer, object } from '../bodies/shape.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { Refusal } from '../errors/refusals.js';
import type { Fault } from '../faults/fault.js';
import { FaultPlan } from '../faults/fault-plan.js';
import { FAULTS, faultAnswer, faultBody, faultOf } from '../faults/fault-table.js';
import { CallJournal } from '../journal/call-journal.js';
import { ControlSections } from './control-sections.js';
import { type Endpoint, sectionEndpoints } from './endpoint.js';
import { Organisation } from './organisation.js';
import { recordView } from './record-view.js';
import { SecretVault } from './secret-vault.js';

/** What a reset does. */
export const RESET_WORDS =
  'Goes back to the moment after the start, with the users, keys and tokens of then. Forgets everything that came ' +
  'later: users, wallets, tokens, requests, faults, and the time that was added to the clock.';

const MAX_ADVANCE_MS = 10 * 365 * 86_400_000;
const advanceBody = object({ ms: described('Milliseconds to add.', integer(0, MAX_ADVANCE_MS)) });

/** All endpoints below `/_sandbox`, except the stream of events and the files of the console. */
@Injectable()
export class ControlRoutes {
  readonly all: Endpoint[];

  constructor(
    private readonly config: SandboxConfig,
    private readonly faults: FaultPlan,
    private readonly organisation: Organisation,
    private readonly journal: CallJournal,
    private readonly vault: SecretVault,
    sections: ControlSections,
  ) {
    this.all = [
      ...this.#overview(),
      ...this.#faultRoutes(),
      ...this.#clockRoutes(),
      ...sections.all.flatMap(sectionEndpoints),
    ];
  }

  #overview(): Endpoint[] {
    return [
      {
        method: 'GET',
        path: '/requests',
        words: 'Lists the last requests with all checks, the oldest first. Secrets are shortened.',
        run: () => ({ items: this.journal.records.map((record) => recordView(record, this.vault)) }),
      },
      {
        method: 'GET',
        path: '/secrets/{digest}',
        words: 'Returns a secret in full, by the digest that stands beside the shortened one.',
        run: ({ digest = '' }) => {
          const secret = this.vault.reveal(digest);
          if (secret === undefined) throw new Refusal(404, 'This secret was not shown, or long ago');
          return { secret };
        },
      },
      {
        method: 'POST',
        path: '/reset',
        words: RESET_WORDS,
        run: () => this.organisation.reset(),
      },
    ];
  }

  #faultRoutes(): Endpoint[] {
    return [
      {
        method: 'GET',
        path: '/faults',
        words: 'Lists the planned faults, in the order of their use.',
        run: () => ({ items: faultItems(this.faults) }),
      },
      {
        method: 'POST',
        path: '/faults',
        words: 'Plans a fault. The fault that was planned first is used first.',
        body: faultBody,
        run: (_, body: Fault) => ({ id: this.#planned(body) }),
      },
      {
        method: 'DELETE',
        path: '/faults/{id}',
        words: 'Removes one planned fault.',
        run: ({ id = '' }) => {
          if (!this.faults.remove(id)) throw new Refusal(404, `There is no planned fault ${id}`);
        },
      },
      { method: 'DELETE', path: '/faults', words: 'Removes all planned faults.', run: () => this.faults.clear() },
      {
        method: 'GET',
        path: '/fault-kinds',
        words: 'Lists the kinds of faults, and what they do.',
        run: () => ({ items: Object.entries(FAULTS).map(([kind, { words, handler }]) => ({ kind, words, handler })) }),
      },
    ];
  }

  #clockRoutes(): Endpoint[] {
    const answer = () => ({ now: this.config.date(), aheadMs: this.config.clock.aheadMs });
    return [
      {
        method: 'GET',
        path: '/clock',
        words: 'Returns the time of the sandbox, and how far it is ahead.',
        run: answer,
      },
      {
        method: 'POST',
        path: '/clock/advance',
        words: 'Moves the clock of the sandbox forward, so that tokens and challenges end as if the time had passed.',
        body: advanceBody,
        run: (_, { ms }: { ms: number }) => {
          this.config.clock.advance(ms);
          return answer();
        },
      },
      {
        method: 'POST',
        path: '/clock/reset',
        words: 'Takes back the time that was added to the clock.',
        run: () => {
          this.config.clock.reset();
          return answer();
        },
      },
    ];
  }

  #planned(body: Fault): string {
    try {
      return this.faults.add(faultOf(body));
    } catch (error) {
      throw new Refusal(400, error instanceof Error ? error.message : String(error));
    }
  }
}

/** The planned faults as JSON. */
export const faultItems = (faults: FaultPlan) =>
  faults.list().map(({ id, fault, left }) => ({
    id,
    ...faultAnswer(fault),
    left: Number.isFinite(left) ? left : 'always',
  }));
