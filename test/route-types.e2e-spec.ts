import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import ts from 'typescript';

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts'],
  types: ['node'],
  strict: true,
  noEmit: true,
  skipLibCheck: false,
};
/** What is checked besides the application: what the library says of routes, and the types of the SDK. */
const DECLARATIONS = /\/dist\/\w+\/routes\/\w+\.d\.ts$|\/@dfns\/sdk\//;

/** The declarations of the built library, in applications of each kind. `npm test` builds the library first. */
describe('the types of routes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dfns-routes-'));
  const parsed = new Map<string, ts.SourceFile | undefined>();

  beforeAll(() => symlinkSync(resolve('node_modules'), join(folder, 'node_modules')));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Compiles the fixture once for each extension, which says whether it is CommonJS. */
  function problems(fixture: string, extensions: string[], options: ts.CompilerOptions): string[] {
    const files = extensions.map((extension) => join(folder, `${fixture}.${extension}`));
    for (const file of files) writeFileSync(file, readFileSync(`test/fixtures/route-types/${fixture}.ts`));
    const settings = { ...OPTIONS, ...options };
    const program = ts.createProgram(files, settings, hostFor(settings));
    const checked = program
      .getSourceFiles()
      .filter(({ fileName }) => files.includes(fileName) || DECLARATIONS.test(fileName));
    return checked
      .flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)])
      .map(({ file, start, messageText }) => {
        const line = file?.getLineAndCharacterOfPosition(start ?? 0).line ?? 0;
        return `${file?.fileName}:${line + 1} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
      });
  }

  /** Parses each file once for all programs. That is most of the work. */
  function hostFor(settings: ts.CompilerOptions): ts.CompilerHost {
    const host = ts.createCompilerHost(settings);
    const parse = host.getSourceFile;
    host.getSourceFile = (file, version, ...rest) => {
      const key = `${file} ${typeof version === 'object' ? version.impliedNodeFormat : ''}`;
      if (!parsed.has(key)) parsed.set(key, parse(file, version, ...rest));
      return parsed.get(key);
    };
    return host;
  }

  const { Node16, NodeNext, ESNext } = ts.ModuleKind;
  const BUNDLER = { module: ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler };

  it.each<[string, string, string[], ts.CompilerOptions]>([
    ['typed', 'nodenext', ['mts', 'cts'], { module: NodeNext }],
    ['untyped', 'nodenext', ['mts', 'cts'], { module: NodeNext }],
    ['typed', 'node16', ['mts', 'cts'], { module: Node16 }],
    ['typed', 'bundler', ['ts'], BUNDLER],
  ])(
    'hold what is %s with %s',
    (fixture, _, extensions, options) => {
      expect(problems(fixture, extensions, options)).toEqual([]);
    },
    60_000,
  );
});
