import type { DfnsError } from '../errors/dfns-error.js';
import type { CallScope } from './call-scope.js';
import type { Holder } from './waiting-line.js';

/** What the governor must know about a request. */
export interface Demand extends Holder {
  scope: CallScope;
  /** The attempt that the request is a part of. */
  attempt: object;
  /** Whether another request of the same attempt was sent before. */
  isContinued: boolean;
  /** Number of requests of the whole attempt. */
  requests: number;
}

/** A request that waits for its turn. */
export interface Waiter extends Demand {
  admit(): void;
  refuse(error: DfnsError): void;
  /** Whether it has a place, also if its call ended before it used the place. */
  isAdmitted: boolean;
}

/** A request in the line, and a promise that settles when it is its turn or when it is refused. */
export function newWaiter(demand: Demand): { waiter: Waiter; turn: Promise<void> } {
  const waiter = { ...demand, isAdmitted: false } as Waiter;
  const turn = new Promise<void>((resolve, reject) => {
    waiter.admit = () => {
      waiter.isAdmitted = true;
      resolve();
    };
    waiter.refuse = reject;
  });
  return { waiter, turn };
}
