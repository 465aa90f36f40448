/** A day of requests for tokens: how many logins the cache saves, and how many more than necessary it makes. */
import { ask } from '../child.mjs';
import { inLab } from '../lab.mjs';
import { printTable } from '../table.mjs';

/** The user of rank n asks as often as n ** -1.2. With so many requests, the day takes less than a minute. */
const DAY = { users: 1_000_000, exponent: 1.2, requests: 50_000 };

export async function run() {
  await inLab(async (lab) => {
    const { server, account } = await lab.startPlainDfns();
    const child = await lab.start('day.mjs', account);
    const { hit, miss, coalesced, failed, least, users, seconds } = await ask(child, { do: 'simulate', ...DAY });
    const { logins } = await ask(server, { do: 'count' });
    const text = (number) => number.toLocaleString('en');
    printTable(`A simulated day: ${text(DAY.users)} users, Zipf ${DAY.exponent}, tokens of an hour`, [
      {
        'getToken()': text(DAY.requests),
        'different users': text(users),
        hits: text(hit),
        misses: text(miss),
        coalesced: text(coalesced),
        refreshes: text(logins - miss),
        failed,
        logins: text(logins),
        'least possible': text(least),
        'logins, of the least': (logins / least).toFixed(3),
        seconds: seconds.toFixed(0),
      },
    ]);
  });
}
