import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const SRC = join('libs', 'dfns-sandbox', 'src');

/**
 * The folders from the top down. A file imports from its own folder and from folders further down, never upwards.
 * A new feature gets a folder of its own: above every folder that it uses, and below every folder that uses it.
 */
const LAYERS = [
  '.', // the public class, the Nest module and the exports

  // Features: one folder each, with its controllers and with what it stores.
  'faults', // failures that a test plans
  'recovery', // new credentials for a user who lost the old ones
  'registration', // new users: open, restart and complete a registration
  'login', // delegated login, and logout
  'service-accounts', // machine users and their tokens
  'users', // read, deactivate and archive users; make users for tests
  'own-credentials', // the credentials that a user manages
  'user-actions', // signatures of users over single requests
  'wallets', // wallets, their keys, and signatures by these keys

  // Parts that features share.
  'enrolment', // new credentials, and the sessions of registration and recovery
  'access', // who calls, and what the caller may do
  'tokens', // the tokens that the sandbox issues
  'identities', // users and service accounts
  'credentials', // public keys of users, and checks of their signatures
  'bodies', // JSON bodies: their rules and their text

  // Parts that know nothing about users.
  'server', // requests, connections, pages of a list
  'errors', // error answers
  'configuration', // options, clock, identifiers
];

/** The kinds of Nest that file names may have after a dot. */
const NEST_KINDS = /\.(module|controller|guard|middleware|filter|decorator)$/;

interface Import {
  file: string;
  specifier: string;
}

const files = readdirSync(SRC, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.split(sep).join('/'));

const imports: Import[] = files.flatMap((file) =>
  [...readFileSync(join(SRC, file), 'utf8').matchAll(/(?:\bfrom|\bimport\(|^import)\s*'([^']+)'/gm)].map(
    ([, specifier]) => ({ file, specifier: specifier as string }),
  ),
);

/** Imports of files of this package, also with `import type`. */
const internal = imports
  .filter(({ specifier }) => specifier.startsWith('.'))
  .map(({ file, specifier }) => ({
    file,
    target: posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts'),
  }));

const layerOf = (file: string) => LAYERS.indexOf(posix.dirname(file).split('/')[0] as string);

describe('imports of the sandbox', () => {
  it('are found', () => {
    expect(imports.length).toBeGreaterThan(100);
  });

  it('name files that exist', () => {
    expect(internal.filter(({ target }) => !files.includes(target))).toEqual([]);
  });

  it('go downward only', () => {
    expect(internal.filter(({ file, target }) => layerOf(target) < layerOf(file))).toEqual([]);
  });

  it('have no circle', () => {
    expect(circles()).toEqual([]);
  });

  it('name each file with the ending .js, because ESM needs it', () => {
    expect(imports.filter(({ specifier }) => specifier.startsWith('.') && !specifier.endsWith('.js'))).toEqual([]);
  });

  it('name only the roots of the Nest packages, because Nest 12 exports nothing else', () => {
    expect(imports.filter(({ specifier }) => /^@nestjs\/[\w-]+\//.test(specifier))).toEqual([]);
  });

  it('name packages that package.json declares', () => {
    const manifest = JSON.parse(readFileSync(join('libs', 'dfns-sandbox', 'package.json'), 'utf8'));
    const declared = { ...manifest.dependencies, ...manifest.peerDependencies };
    const names = imports
      .map(({ specifier }) => specifier)
      .filter((specifier) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
      .map((specifier) => specifier.match(/^(@[^/]+\/)?[^/]+/)?.[0] as string);
    expect([...new Set(names)].filter((name) => !(name in declared))).toEqual([]);
  });
});

describe('files of the sandbox', () => {
  it('are in known folders, and every folder has files', () => {
    expect(files.filter((file) => layerOf(file) < 0)).toEqual([]);
    expect(LAYERS.filter((_, layer) => !files.some((file) => layerOf(file) === layer))).toEqual([]);
  });

  it('have at most 200 lines', () => {
    const linesOf = (file: string) => readFileSync(join(SRC, file), 'utf8').split('\n').length - 1;
    expect(files.filter((file) => linesOf(file) > 200)).toEqual([]);
  });

  it('have dots in their names only for the kinds of Nest', () => {
    const stems = files.map((file) => posix.basename(file, '.ts').replace(NEST_KINDS, ''));
    expect(stems.filter((stem) => stem.includes('.'))).toEqual([]);
  });

  it('have names that differ by more than a kind of Nest, a dash or a plural', () => {
    const seen = new Map<string, string[]>();
    for (const file of files) {
      const name = posix.basename(file, '.ts').replace(NEST_KINDS, '').replace(/-/g, '').replace(/s$/, '');
      seen.set(name, [...(seen.get(name) ?? []), file]);
    }
    expect([...seen.values()].filter((alike) => alike.length > 1)).toEqual([]);
  });
});

/** Finds circles of imports. Each circle is the list of its files. */
function circles(): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const visit = (file: string, path: string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) found.push([...path.slice(start), file]);
    if (start >= 0 || done.has(file)) return;
    for (const { target } of internal.filter((one) => one.file === file)) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  return found;
}
