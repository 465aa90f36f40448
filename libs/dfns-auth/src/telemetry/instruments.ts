import type { DfnsFlowEvent, DfnsStepEvent, DfnsTokenEvent } from './events.js';

/** Where spans and figures go beside the diagnostics channels. Knows no OpenTelemetry type, so that none is published. */
export interface Instruments {
  /** Runs `call` inside a span, which ends with what `call` tells about it. */
  span<T>(kind: 'flow' | 'step', operation: string, call: (end: SpanEnd) => Promise<T>): Promise<T>;
  token(result: DfnsTokenEvent['result']): void;
}

/** Ends a span and counts it. */
export type SpanEnd = (event: DfnsFlowEvent | DfnsStepEvent) => void;
