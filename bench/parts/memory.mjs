/** The memory of a large token cache, and what comes back when all users are forgotten. */
import { ask } from '../child.mjs';
import { inLab } from '../lab.mjs';
import { printTable } from '../table.mjs';

const USERS = 100_000;

export async function run() {
  await inLab(async (lab) => {
    const { account } = await lab.startPlainDfns();
    const child = await lab.start('memory.mjs', account, {}, ['--expose-gc']);
    const { empty, full, forgotten, tokenBytes } = await ask(child, { do: 'measure', users: USERS });
    const megabytes = (bytes) => (bytes / 2 ** 20).toFixed(1);
    printTable(`Memory of ${USERS.toLocaleString('en')} cached tokens`, [
      {
        'heap MB: empty': megabytes(empty),
        full: megabytes(full),
        'all forgotten': megabytes(forgotten),
        'bytes/entry': Math.round((full - empty) / USERS),
        'of which the token': tokenBytes,
        'bytes of a forgotten user': Math.round((forgotten - empty) / USERS),
      },
    ]);
  });
}
