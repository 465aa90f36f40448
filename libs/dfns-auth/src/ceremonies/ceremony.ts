/** A challenge for a browser, and the id under which its answer is expected. */
export interface Ceremony<C> {
  ceremonyId: string;
  /** ISO 8601; an answer after that is refused. */
  expiresAt: string;
  challenge: C;
}
