/** Sends requests to an application, and reports their times. */
import { Agent, get } from 'node:http';
import { serve } from '../child.mjs';
import { percentile } from '../table.mjs';

const agent = new Agent({ keepAlive: true, scheduling: 'fifo' });

const read = (port, username) =>
  new Promise((resolve, reject) => {
    get({ port, agent, path: '/wallets', headers: { 'x-user': username } }, (response) => {
      let bytes = 0;
      response.on('data', (chunk) => {
        bytes += chunk.length;
      });
      response.on('end', () => (response.statusCode === 200 && bytes > 50 ? resolve() : reject(response.statusCode)));
    }).on('error', reject);
  });

serve({
  load: async ({ port, requests, concurrency, usernames }) => {
    const times = [];
    let next = 0;
    const worker = async () => {
      for (let i = next++; i < requests; i = next++) {
        const startedAt = performance.now();
        await read(port, usernames[i % usernames.length]);
        times.push(performance.now() - startedAt);
      }
    };
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: concurrency }, worker));
    const perSecond = (requests / (performance.now() - startedAt)) * 1_000;
    return { perSecond, p50: percentile(times, 50), p99: percentile(times, 99) };
  },
});
