import { expect, it } from '@jest/globals';
import { MemoryTokenStore } from './support/memory-token-store.js';
import { useSandbox } from './support/use-sandbox.js';

const USERS = 150;
const usernames = Array.from({ length: USERS }, (_, i) => `lovelace-${i}`);

const world = useSandbox({ users: usernames });

/** Another replica has all locks, and does not log in. */
class LockedStore extends MemoryTokenStore {
  looks = 0;

  override async lock(): Promise<undefined> {
    this.looks += 1;
  }
}

it('a replica that waits for many users looks for each of them less often', async () => {
  const store = new LockedStore();
  const service = await world.startService({ tokens: { store }, http: { deadlineMs: 12_000 } });
  await service.getToken('lovelace-0');
  // A sixteenth of the deadline, with a look every 50 ms.
  expect(store.looks).toBeGreaterThan(10);
  store.looks = 0;
  const startedAt = performance.now();
  await Promise.all(usernames.slice(1).map((username) => service.getToken(username)));
  const seconds = (performance.now() - startedAt) / 1_000;
  // Each user has the first look at once.
  expect(store.looks - USERS).toBeLessThan(500 * seconds);
  expect(store.looks).toBeGreaterThan(2 * USERS);
});
