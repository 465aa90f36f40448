import { Injectable } from '@nestjs/common';

/** Ids of single tokens that were ended before their time; a user's tokens end together by their generation. */
@Injectable()
export class RevokedTokens {
  readonly #ids = new Set<string>();

  add(jti: string): void {
    this.#ids.add(jti);
  }

  has(jti: string): boolean {
    return this.#ids.has(jti);
  }
}
