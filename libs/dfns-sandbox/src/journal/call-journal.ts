import type { ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { type CallRecord, type ReceivedRequest, recordIn } from './call-record.js';

const MAX_RECORDS = 500;
const MAX_ANSWER_CHARACTERS = 32 * 1024;

/** The last requests with their checks, oldest first. It tells whoever listens about every change. */
@Injectable()
export class CallJournal {
  readonly #records: CallRecord[] = [];
  readonly #listeners = new Set<(record: CallRecord) => void>();
  #last = 0;

  get records(): readonly CallRecord[] {
    return this.#records;
  }

  /** Opens a record of this request, and runs `handle` in it. The record closes together with the response. */
  follow(request: ReceivedRequest, response: ServerResponse, handle: () => void): void {
    this.#last += 1;
    const record: CallRecord = { id: this.#last, group: `request-${this.#last}`, request, checks: [] };
    this.#records.push(record);
    if (this.#records.length > MAX_RECORDS) this.#records.shift();
    const start = performance.now();
    keepAnswer(record, response);
    response.once('close', () => {
      record.durationMs = Math.round((performance.now() - start) * 10) / 10;
      if (response.headersSent) record.status = response.statusCode;
      this.#tell(record);
    });
    this.#tell(record);
    recordIn(record, handle);
  }

  /** @returns a function that ends it */
  listen(listener: (record: CallRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  clear(): void {
    this.#records.length = 0;
  }

  #tell(record: CallRecord): void {
    for (const listener of this.#listeners) listener(record);
  }
}

/** Keeps the text of the answer. All handlers send it with one call of `end`. */
function keepAnswer(record: CallRecord, response: ServerResponse): void {
  const end = response.end.bind(response) as (...given: unknown[]) => ServerResponse;
  response.end = ((...given: unknown[]) => {
    const [chunk] = given;
    if (typeof chunk === 'string' || Buffer.isBuffer(chunk)) {
      record.answer = chunk.toString('utf8').slice(0, MAX_ANSWER_CHARACTERS);
    }
    return end(...given);
  }) as ServerResponse['end'];
}
