/**
 * Installs the packed archives into an application on Nest 11 in CommonJS, type-checks it against our declarations and
 * runs its tests with plain Jest. Needs the npm registry; `.ci/run` calls it, `npm test` does not.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'nest11-'));
const npm = (cwd, ...args) => execFileSync('npm', args, { cwd, stdio: ['ignore', 'pipe', 'inherit'] }).toString();

try {
  cpSync('test/fixtures/nest11', folder, { recursive: true });
  const archives = ['dfns-auth', 'dfns-sandbox'].map((name) => {
    const [packed] = Object.values(JSON.parse(npm(join('libs', name), 'pack', '--json', '--pack-destination', folder)));
    return resolve(folder, packed.filename);
  });
  npm(folder, 'install', '--no-audit', '--no-fund', ...archives);
  npm(folder, 'run', 'typecheck');
  execFileSync('npm', ['test'], { cwd: folder, stdio: 'inherit' });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
