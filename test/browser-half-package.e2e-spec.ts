import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { bundleBrowserHalf } from './support/browser-half.js';

const MAX_BYTES = 6_000;
const exported = JSON.parse(readFileSync(join('libs', 'dfns-auth', 'package.json'), 'utf8')).exports['./browser']
  .import;

/** `npm test` builds the libraries first. */
describe("the bundle of the browser's half", () => {
  it('is small, and imports nothing', async () => {
    const { metafile, outputFiles } = await bundleBrowserHalf(true);
    const [output] = Object.values(metafile.outputs);
    expect(output?.imports).toEqual([]);
    expect(Object.keys(metafile.inputs).filter((file) => !file.startsWith('browser/'))).toEqual([]);
    expect(outputFiles[0]?.contents.length).toBeLessThan(MAX_BYTES);
  });

  it('is what the package has', async () => {
    const { outputFiles } = await bundleBrowserHalf();
    expect(readFileSync(join('libs', 'dfns-auth', exported.default), 'utf8')).toBe(outputFiles[0]?.text);
  });

  it('loses what a front end does not use', async () => {
    const { metafile } = await bundleBrowserHalf();
    const whole = Object.values(metafile.outputs)[0]?.bytes as number;
    const { build } = await import('esbuild');
    const contents = "export { signAction } from './libs/dfns-auth/browser/index.js';";
    const part = await build({
      stdin: { contents, resolveDir: '.', loader: 'ts' },
      bundle: true,
      format: 'esm',
      write: false,
    });
    expect(part.outputFiles[0]?.contents.length).toBeLessThan(whole / 2);
    expect(part.outputFiles[0]?.text).not.toContain('PBKDF2');
  });
});

describe("the built types of the browser's half", () => {
  const folder = mkdtempSync(join(tmpdir(), 'dfns-browser-types-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const half = resolve('libs', 'dfns-auth', exported.types).replace(/\.d\.ts$/, '.js');

  function compiled(source: string): { problems: string[]; files: string[] } {
    const file = join(folder, 'front-end.ts');
    writeFileSync(file, `import * as half from ${JSON.stringify(half)};\n${source}`);
    const program = ts.createProgram([file], {
      noEmit: true,
      strict: true,
      exactOptionalPropertyTypes: true,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      target: ts.ScriptTarget.ES2020,
      lib: ['lib.es2020.d.ts', 'lib.dom.d.ts'],
      types: [],
    });
    const problems = ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
    return { problems, files: program.getSourceFiles().map(({ fileName }) => fileName) };
  }

  it('compile in a front end without Node, Nest and class-validator', () => {
    const { problems, files } = compiled(`
      declare const challenge: Parameters<typeof half.recover>[0];
      half.recover(challenge, { recoveryCode: 'a', newRecoveryCode: half.newRecoveryCode() })
        .then(({ recovery, newCredentials }) => recovery.kind === 'RecoveryKey' && newCredentials.firstFactorCredential);
      export const isCancelled = (error: unknown) =>
        error instanceof half.DfnsBrowserError && error.code === 'PASSKEY_CANCELLED';
    `);
    expect(problems).toEqual([]);
    expect(files.filter((file) => /@types|@nestjs|class-/.test(file))).toEqual([]);
  });

  it('refuse a challenge of another kind and an unknown code', () => {
    const { problems } = compiled(`
      declare const challenge: Parameters<typeof half.signAction>[0];
      half.createPasskey(challenge);
      export const isOdd = (error: half.DfnsBrowserError) => error.code === 'NOTHING';
    `);
    expect(problems).toHaveLength(2);
  });
});
