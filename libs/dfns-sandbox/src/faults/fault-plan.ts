import type { ServerResponse } from 'node:http';
import { Injectable, type NestMiddleware } from '@nestjs/common';
import { found } from '../journal/call-record.js';
import type { DfnsRequest } from '../server/dfns-request.js';
import { type Fault, isSpoiling, type ReplacingFault } from './fault.js';
import { replaceAnswer } from './replaced-answer.js';
import { spoilAnswer } from './spoiled-answer.js';

interface Planned {
  id: string;
  fault: Fault;
  pattern: RegExp;
  left: number;
}

/** A planned fault, and the number of requests that it will still happen to. */
export interface PlannedFault {
  id: string;
  fault: Fault;
  left: number;
}

/** The faults that the test planned. The fault that was added first is used first. */
@Injectable()
export class FaultPlan {
  #planned: Planned[] = [];
  #last = 0;

  /** @returns the id of the planned fault */
  add(fault: Fault): string {
    const pattern = requestPattern(fault.on);
    this.#last += 1;
    const id = `fault-${this.#last}`;
    if ((fault.times ?? 1) > 0) this.#planned.push({ id, fault, pattern, left: fault.times ?? 1 });
    return id;
  }

  /** The faults that will still happen, in the order of their use. */
  list(): PlannedFault[] {
    return this.#planned.map(({ id, fault, left }) => ({ id, fault, left }));
  }

  /** @returns whether there was a planned fault with this id */
  remove(id: string): boolean {
    const before = this.#planned.length;
    this.#planned = this.#planned.filter((planned) => planned.id !== id);
    return this.#planned.length < before;
  }

  clear(): void {
    this.#planned = [];
  }

  /** Returns the fault for this request, and counts one use of it. */
  take(method: string, url: string): Fault | undefined {
    const request = `${method} ${url.split('?')[0]}`;
    const planned = this.#planned.find(({ pattern }) => pattern.test(request));
    if (!planned) return undefined;
    planned.left -= 1;
    if (planned.left <= 0) this.remove(planned.id);
    return planned.fault;
  }
}

/** Turns `GET /wallets/{walletId}` into a regular expression. */
function requestPattern(on: string): RegExp {
  if (on === '*') return /^/;
  if (!/^[A-Z]+ \//.test(on)) throw new Error(`A fault's "on" must be "*" or read like "GET /wallets", not "${on}"`);
  const literal = (text: string) => text.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
  return new RegExp(
    `^${on
      .split(/\{[^}]*\}/)
      .map(literal)
      .join('[^/]+')}$`,
  );
}

/** Applies the planned fault: it replaces the answer of the handler, or spoils it. */
@Injectable()
export class FaultMiddleware implements NestMiddleware {
  constructor(private readonly plan: FaultPlan) {}

  use(request: DfnsRequest, response: ServerResponse, next: () => void): void {
    const fault = this.plan.take(request.method, request.originalUrl);
    if (fault) found({ fault: fault.kind });
    if (fault && !isSpoiling(fault)) {
      replaceAnswer(fault as ReplacingFault, request, response);
      return;
    }
    if (fault) spoilAnswer(fault, response);
    next();
  }
}
