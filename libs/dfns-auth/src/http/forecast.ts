/** Durations that an average follows, at least. */
const SPAN = 16;
/** Kinds of calls that are remembered. */
const MAX_KINDS = 500;
/** What was measured longer ago, in milliseconds, says nothing about now. */
const STALE_MS = 10_000;

/** A moving average of durations, in milliseconds. */
class Average {
  readonly #span: number;
  #count = 0;
  #mean = 0;
  #deviation = 0;
  #addedAt = Number.NEGATIVE_INFINITY;

  constructor(span = SPAN) {
    this.#span = span;
  }

  /** Zero as long as nothing is known. */
  get mean(): number {
    return this.#isStale ? 0 : this.#mean;
  }

  /** More than most durations; zero as long as nothing is known. */
  get upper(): number {
    return this.#isStale ? 0 : this.#mean + this.#deviation;
  }

  add(ms: number): void {
    this.#count = this.#isStale ? 1 : Math.min(this.#span, this.#count + 1);
    this.#addedAt = performance.now();
    const off = ms - (this.#count === 1 ? ms : this.#mean);
    this.#mean = this.#count === 1 ? ms : this.#mean + off / this.#count;
    this.#deviation = this.#count === 1 ? 0 : this.#deviation + (Math.abs(off) - this.#deviation) / this.#count;
  }

  get #isStale(): boolean {
    return performance.now() - this.#addedAt > STALE_MS;
  }
}

/** Learns how long requests and calls take now. */
export class Forecast {
  readonly #places: number;
  readonly #request: Average;
  readonly #calls = new Map<string, Average>();

  /** @param places the number of requests that may be under way */
  constructor(places: number) {
    this.#places = places;
    this.#request = new Average(Math.max(SPAN, places));
  }

  /** Milliseconds in which `requests` requests end while all places are taken; zero as long as nothing is known. */
  lineMs(requests: number): number {
    return (requests * this.#request.mean) / this.#places;
  }

  /** Milliseconds in which most calls of a kind end once they have begun; zero as long as nothing is known. */
  callMs(kind: string): number {
    return this.#calls.get(kind)?.upper ?? 0;
  }

  /** A request had a place for `ms` milliseconds. */
  noteRequest(ms: number): void {
    this.#request.add(ms);
  }

  /** A call ended `ms` milliseconds after it had begun. */
  noteCall(kind: string, ms: number): void {
    const duration = this.#calls.get(kind) ?? new Average();
    duration.add(ms);
    this.#calls.delete(kind);
    this.#calls.set(kind, duration);
    const [oldest] = this.#calls.keys();
    if (this.#calls.size > MAX_KINDS && oldest !== undefined) this.#calls.delete(oldest);
  }
}
