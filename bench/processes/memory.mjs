/** Measures the heap with many cached tokens and after all users were forgotten. */

import { serve, settings } from '../child.mjs';
import { createService } from './clients/ours.mjs';

const AT_ONCE = 100;
/** The first logins also load code, so they are not measured. */
const WARM_UP = 1_000;

const service = await createService(settings(), { tokens: { maxEntries: 1_000_000 } });

const heap = () => {
  global.gc();
  return process.memoryUsage().heapUsed;
};

serve({
  measure: async ({ users }) => {
    const forEach = async (count, act) => {
      for (let i = 0; i < count; i += AT_ONCE) {
        await Promise.all(Array.from({ length: AT_ONCE }, (_, j) => act(`user-${i + j}`)));
      }
    };
    await forEach(WARM_UP, (username) => service.getToken(username));
    await forEach(WARM_UP, (username) => service.forget(username));
    const empty = heap();
    await forEach(users, (username) => service.getToken(username));
    const full = heap();
    const tokenBytes = (await service.getToken('user-50')).length;
    await forEach(users, (username) => service.forget(username));
    return { empty, full, forgotten: heap(), tokenBytes };
  },
});
