import { resolve } from 'node:path';
import { type BuildResult, build } from 'esbuild';

/** Bundles the browser's half of the library from its sources, as a front end does. */
export function bundleBrowserHalf(minify = false): Promise<BuildResult<{ metafile: true; write: false }>> {
  return build({
    absWorkingDir: resolve('libs', 'dfns-auth'),
    entryPoints: ['browser/index.ts'],
    bundle: true,
    format: 'esm',
    target: 'es2020',
    metafile: true,
    write: false,
    minify,
  });
}
