/** Tokens ahead of need: what `warm` saves, and what it costs others. */
import { ask } from '../child.mjs';
import { inLab } from '../lab.mjs';
import { printTable } from '../table.mjs';

const DELAY_MS = 20;
const USERS = 100;
const OTHERS = 5_000;

export async function run() {
  await inLab(async (lab) => {
    const { server, account, env } = await lab.startDfns();
    const child = await lab.start('warm.mjs', account, env);
    await ask(child, { do: 'cold', users: 500 });
    await ask(server, { do: 'delay', delayMs: DELAY_MS });
    const cold = await ask(child, { do: 'cold', users: USERS });
    const warm = await ask(child, { do: 'warm', users: USERS });
    const beside = await ask(child, { do: 'beside', users: USERS, others: OTHERS });
    const row = (name, { p50, p99, warmed = 0 }) => ({
      'first token of a user': name,
      'p50 ms': p50.toFixed(2),
      'p99 ms': p99.toFixed(2),
      'warmed meanwhile': warmed,
    });
    printTable(`Tokens ahead of need, ${DELAY_MS} ms before each answer`, [
      row('without warm', cold),
      row('after warm', warm),
      row(`without warm, while ${OTHERS.toLocaleString('en')} others are warmed`, beside),
    ]);
  });
}
