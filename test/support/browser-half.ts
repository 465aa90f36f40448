import { join } from 'node:path';
import { type BuildResult, build } from 'esbuild';

/** Bundles the browser's half of the library from its sources, as a front end does. */
export function bundleBrowserHalf(minify = false): Promise<BuildResult<{ metafile: true; write: false }>> {
  return build({
    entryPoints: [join('libs', 'dfns-auth', 'browser', 'index.ts')],
    bundle: true,
    format: 'esm',
    target: 'es2020',
    metafile: true,
    write: false,
    minify,
  });
}
