import type { ServerResponse } from 'node:http';
import { Injectable, type NestMiddleware } from '@nestjs/common';
import type { DfnsRequest } from '../server/dfns-request.js';
import { type Fault, isSpoiling, type ReplacingFault } from './fault.js';
import { replaceAnswer } from './replaced-answer.js';
import { spoilAnswer } from './spoiled-answer.js';

interface Planned {
  fault: Fault;
  pattern: RegExp;
  left: number;
}

/** The faults that the test planned. The fault that was added first is used first. */
@Injectable()
export class FaultPlan {
  #planned: Planned[] = [];

  add(fault: Fault): void {
    this.#planned.push({ fault, pattern: requestPattern(fault.on), left: fault.times ?? 1 });
  }

  clear(): void {
    this.#planned = [];
  }

  /** Returns the fault for this request, and counts one use of it. */
  take(method: string, url: string): Fault | undefined {
    const request = `${method} ${url.split('?')[0]}`;
    const planned = this.#planned.find(({ pattern, left }) => left > 0 && pattern.test(request));
    if (planned) planned.left -= 1;
    return planned?.fault;
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
    if (fault && !isSpoiling(fault)) {
      replaceAnswer(fault as ReplacingFault, request, response);
      return;
    }
    if (fault) spoilAnswer(fault, response);
    next();
  }
}
