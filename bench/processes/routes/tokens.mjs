import { makeToken } from '../../fixtures.mjs';

/** A token for each user, at hand. */
export function tokensOf(usernames) {
  return new Map(usernames.map((username) => [username, makeToken(username, 3_600)]));
}
