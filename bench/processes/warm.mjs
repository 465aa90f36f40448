/** Measures how long the first token of a user takes, and how long a login takes beside others. */

import { serve, settings } from '../child.mjs';
import { percentile } from '../table.mjs';
import { createService } from './clients/ours.mjs';

const service = await createService(settings(), { tokens: { maxEntries: 100_000 } });
let lastUser = 0;
const newUsers = (count) => {
  lastUser += count;
  return Array.from({ length: count }, (_, i) => `user-${lastUser - i}`);
};

/** Asks for the tokens of users, one after another. */
async function asked(usernames) {
  const times = [];
  for (const username of usernames) {
    const startedAt = performance.now();
    await service.getToken(username);
    times.push(performance.now() - startedAt);
  }
  return { p50: percentile(times, 50), p99: percentile(times, 99) };
}

serve({
  /** Nobody called `warm`. */
  cold: ({ users }) => asked(newUsers(users)),
  /** `warm` was called for these users, and is done. */
  warm: async ({ users }) => {
    const usernames = newUsers(users);
    await service.warm(usernames);
    return asked(usernames);
  },
  /** `warm` is busy with many others. */
  beside: async ({ users, others }) => {
    const controller = new AbortController();
    const warmed = service.warm(newUsers(others), { signal: controller.signal, deadlineMs: 60_000 });
    const times = await asked(newUsers(users));
    controller.abort();
    return { ...times, warmed: (await warmed).ready };
  },
});
