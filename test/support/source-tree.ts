import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';

/** Kinds of files that Nest names with a dot. */
const NEST_KINDS = /\.(module|controller|service|guard|middleware|filter|decorator|dto)$/;

/** One import of one file, `import type` included. */
export interface Import {
  file: string;
  specifier: string;
}

/** The sources of a package, read as text: which files there are, and what they import. */
export class SourceTree {
  /** Paths inside the folder, with slashes. */
  readonly files: string[];
  readonly imports: Import[];
  readonly #folder: string;
  readonly #layers: string[];

  /** @param layers the folders from the top down, `.` for the files beside them */
  constructor(folder: string, layers: string[]) {
    this.#folder = folder;
    this.#layers = layers;
    this.files = readdirSync(folder, { recursive: true })
      .map(String)
      .filter((file) => file.endsWith('.ts'))
      .map((file) => file.split(sep).join('/'));
    this.imports = this.files.flatMap((file) =>
      [...this.text(file).matchAll(/(?:\bfrom|\bimport\(|^import)\s*'([^']+)'/gm)].map(([, specifier]) => ({
        file,
        specifier: specifier as string,
      })),
    );
  }

  text(file: string): string {
    return readFileSync(join(this.#folder, file), 'utf8');
  }

  /** Number of lines of a file. */
  linesOf(file: string): number {
    return this.text(file).split('\n').length - 1;
  }

  /** Imports of the package's own TypeScript files. */
  get internal(): { file: string; target: string }[] {
    return this.imports
      .filter(({ specifier }) => specifier.startsWith('.') && !specifier.endsWith('.cjs'))
      .map(({ file, specifier }) => ({
        file,
        target: posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts'),
      }));
  }

  /** Names of the packages that are imported. */
  get packages(): string[] {
    const names = this.imports
      .map(({ specifier }) => specifier)
      .filter((specifier) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
      .map((specifier) => specifier.match(/^(@[^/]+\/)?[^/]+/)?.[0] as string);
    return [...new Set(names)];
  }

  /** Files in folders that are no layer, and layers without a file. */
  get strangers(): string[] {
    const empty = this.#layers.filter((_, layer) => !this.files.some((file) => this.#layerOf(file) === layer));
    return [...this.files.filter((file) => this.#layerOf(file) < 0), ...empty];
  }

  /** Imports from a layer further up. */
  get upward(): { file: string; target: string }[] {
    return this.internal.filter(({ file, target }) => this.#layerOf(target) < this.#layerOf(file));
  }

  /** Every circle of imports, as the files along it. */
  get circles(): string[][] {
    const found: string[][] = [];
    const done = new Set<string>();
    const visit = (file: string, path: string[]): void => {
      const start = path.indexOf(file);
      if (start >= 0) found.push([...path.slice(start), file]);
      if (start >= 0 || done.has(file)) return;
      for (const { target } of this.internal.filter((one) => one.file === file)) visit(target, [...path, file]);
      done.add(file);
    };
    for (const file of this.files) visit(file, []);
    return found;
  }

  /** Imports that Node or Nest 12 cannot resolve: without the ending of the file, or below the root of a Nest package. */
  get unresolvable(): Import[] {
    return this.imports.filter(
      ({ specifier }) =>
        (specifier.startsWith('.') && !/\.c?js$/.test(specifier)) || /^@nestjs\/[\w-]+\//.test(specifier),
    );
  }

  /** Files with a dot in the name that is not for a kind of Nest. */
  get oddNames(): string[] {
    return this.files.filter((file) => posix.basename(file, '.ts').replace(NEST_KINDS, '').includes('.'));
  }

  /** Files whose names differ only by a kind of Nest, a dash or a plural. */
  get alikeNames(): string[][] {
    const seen = new Map<string, string[]>();
    for (const file of this.files) {
      const name = posix.basename(file, '.ts').replace(NEST_KINDS, '').replace(/-/g, '').replace(/s$/, '');
      seen.set(name, [...(seen.get(name) ?? []), file]);
    }
    return [...seen.values()].filter((alike) => alike.length > 1);
  }

  #layerOf(file: string): number {
    return this.#layers.indexOf(posix.dirname(file).split('/')[0] as string);
  }
}
