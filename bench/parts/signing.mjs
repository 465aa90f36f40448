/** One signature. */
import { ask } from '../child.mjs';
import { inLab } from '../lab.mjs';
import { printTable } from '../table.mjs';

export async function run() {
  await inLab(async (lab) => {
    const signing = await lab.start('signing.mjs', {});
    printTable('One signature of a challenge, µs (median)', await ask(signing, { do: 'measure' }));
  });
}
