import { Injectable } from '@nestjs/common';

/** Something that happened in the organisation, such as `wallet.created`. Webhooks tell it to back ends (dfns-api 17). */
export interface PlatformEvent {
  /** For example `wallet.transfer.confirmed`. */
  kind: string;
  /** The JSON object that a webhook sends as `data`, for example `{ transferRequest }`. */
  data: Record<string, unknown>;
}

/** Tells everybody who listens what happened in the organisation. Features emit; webhooks and the console listen. */
@Injectable()
export class PlatformEvents {
  readonly #listeners = new Set<(event: PlatformEvent) => void>();

  emit(kind: string, data: Record<string, unknown>): void {
    for (const listener of this.#listeners) listener({ kind, data });
  }

  /** @returns a function that ends it */
  listen(listener: (event: PlatformEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
