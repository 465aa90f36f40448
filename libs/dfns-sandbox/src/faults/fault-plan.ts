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

/** What shall go wrong, and how often. The fault that was added first goes first. */
@Injectable()
export class FaultPlan {
  #planned: Planned[] = [];

  add(fault: Fault): void {
    this.#planned.push({ fault, pattern: requestPattern(fault.on), left: fault.times ?? 1 });
  }

  clear(): void {
    this.#planned = [];
  }

  /** The fault of this request, counted as used. */
  take(method: string, url: string): Fault | undefined {
    const request = `${method} ${url.split('?')[0]}`;
    const planned = this.#planned.find(({ pattern, left }) => left > 0 && pattern.test(request));
    if (planned) planned.left -= 1;
    return planned?.fault;
  }
}

/** `GET /wallets/{walletId}` as an expression over requests. */
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

/** Lets a planned fault take the handler's place, or spoil the handler's answer. */
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
