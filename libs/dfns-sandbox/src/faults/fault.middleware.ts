import type { ServerResponse } from 'node:http';
import { Injectable, type NestMiddleware } from '@nestjs/common';
import type { DfnsRequest } from '../server/dfns-request.js';
import { isSpoiling, type ReplacingFault } from './fault.js';
import { FaultPlan } from './fault-plan.js';
import { replaceAnswer } from './replaced-answer.js';
import { spoilAnswer } from './spoiled-answer.js';

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
