import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';

const FOLDERS = ['dfns-auth', 'dfns-sandbox'];

/** Packs the built libraries into `folder`. Returns the path of the archive for the name of each package. */
export function pack(folder) {
  const packed = FOLDERS.map((name) => {
    const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
    const output = execFileSync('npm', args, { cwd: join('libs', name), stdio: ['ignore', 'pipe', 'ignore'] });
    const [archive] = Object.values(JSON.parse(output.toString()));
    return [archive.name, resolve(folder, archive.filename)];
  });
  return Object.fromEntries(packed);
}

/** The text of a file in a packed archive. */
export function packedText(archive, path) {
  return execFileSync('tar', ['-xOzf', archive, `package/${path}`]).toString();
}
