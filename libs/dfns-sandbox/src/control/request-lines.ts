import { Injectable } from '@nestjs/common';
import { CallJournal } from '../journal/call-journal.js';
import type { CallRecord } from '../journal/call-record.js';
import { SecretVault } from './secret-vault.js';

/** Writes one line for each request when it has ended, with the check that failed. Secrets are shortened. */
@Injectable()
export class RequestLines {
  constructor(
    private readonly journal: CallJournal,
    private readonly vault: SecretVault,
  ) {}

  start(write: (line: string) => void): void {
    this.journal.listen((record) => {
      if (record.durationMs !== undefined) write(this.vault.conceal(lineOf(record)));
    });
  }
}

function lineOf({ request, status, durationMs, caller, checks, fault }: CallRecord): string {
  const failed = checks.find(({ ok }) => !ok);
  const time = new Date(request.receivedAt).toISOString().slice(11, 19);
  return [
    `${time} ${status ?? 'no answer'} ${request.method} ${request.path} ${durationMs} ms`,
    caller && (caller.kind === 'ServiceAccount' ? caller.name : caller.username),
    fault && `fault ${fault}`,
    failed && `${failed.name}: ${failed.why ?? 'failed'}`,
  ]
    .filter(Boolean)
    .join(' · ');
}
