import type { Fault } from 'dfns-sandbox';

const ALWAYS = { on: '*', times: Number.POSITIVE_INFINITY } as const;

/** The ways in which the local Dfns can be made to fail. */
export const DFNS_FAILURES: Record<string, Fault[]> = {
  none: [],
  down: [{ ...ALWAYS, kind: 'status', status: 503 }],
  unreachable: [{ ...ALWAYS, kind: 'reset' }],
  busy: [{ ...ALWAYS, kind: 'status', status: 429, headers: { 'retry-after': '2' } }],
  slow: [{ ...ALWAYS, kind: 'slow', bytesPerSecond: 500 }],
  'lost answers': [{ ...ALWAYS, on: 'POST /wallets/{walletId}/transfers', kind: 'reset', when: 'after' }],
};
