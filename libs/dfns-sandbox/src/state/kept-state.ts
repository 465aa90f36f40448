import { Injectable } from '@nestjs/common';
import { decode, encode } from './state-text.js';

type Holder = Map<unknown, unknown> | Set<unknown> | unknown[] | object;

/**
 * All that survives a restart and that a reset takes back. A store joins with one line for each map, set, list or
 * object that it keeps: `this.#wallets = state.keep('wallets', new Map())`.
 */
@Injectable()
export class KeptState {
  readonly #holders = new Map<string, Holder>();
  #beginning = '';

  /** Keeps the content of a map, set, list or object. @returns the same object */
  keep<T extends Holder>(name: string, holder: T): T {
    if (this.#holders.has(name)) throw new Error(`The state has two parts with the name ${name}`);
    this.#holders.set(name, holder);
    return holder;
  }

  /** All content as text. Objects that two stores share are written once, and are shared again after a load. */
  save(): string {
    return encode(this.#holders);
  }

  /** Replaces all content by a saved one. Parts that the text does not have stay as they are. */
  load(saved: string): void {
    for (const [name, content] of decode(saved) as Map<string, Holder>) {
      const holder = this.#holders.get(name);
      if (holder) replaceContent(holder, content);
    }
  }

  /** What a reset returns to, as text. */
  get beginning(): string {
    return this.#beginning;
  }

  /** Makes the content of now, or the given one, the content that a reset returns to. */
  begin(saved = this.save()): void {
    this.#beginning = saved;
  }

  /** Goes back to the beginning. */
  reset(): void {
    this.load(this.#beginning);
  }
}

function replaceContent(holder: Holder, content: Holder): void {
  if (holder instanceof Map) {
    holder.clear();
    for (const [key, value] of content as Map<unknown, unknown>) holder.set(key, value);
  } else if (holder instanceof Set) {
    holder.clear();
    for (const value of content as Set<unknown>) holder.add(value);
  } else if (Array.isArray(holder)) {
    holder.length = 0;
    for (const value of content as unknown[]) holder.push(value);
  } else {
    for (const name of Object.keys(holder)) delete (holder as Record<string, unknown>)[name];
    Object.assign(holder, content);
  }
}
