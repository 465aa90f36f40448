/** A token that is there already. */
import { ask } from '../child.mjs';
import { inLab } from '../lab.mjs';
import { printTable } from '../table.mjs';

export async function run() {
  await inLab(async (lab) => {
    const { account, env } = await lab.startDfns();
    const cache = await lab.start('cache.mjs', account, env, ['--expose-gc']);
    const { rows, memory } = await ask(cache, { do: 'measure' });
    printTable('A token that is there already: getToken() in one process', rows);
    printTable('Memory of 10,000 cached tokens', memory);
  });
}
