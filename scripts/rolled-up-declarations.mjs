/** One file of declarations for a package, made of those of its sources by API Extractor. Docstrings stay. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';
import ts from 'typescript';

/** @returns the text of the declarations that `entry` exports, and of those that they use */
export function rolledUp(entry, project) {
  const folder = mkdtempSync(join(tmpdir(), 'declarations-'));
  try {
    const untrimmedFilePath = join(folder, 'index.d.ts');
    const configuration = ExtractorConfig.prepare({
      configObjectFullPath: undefined,
      packageJsonFullPath: resolve('package.json'),
      configObject: {
        projectFolder: resolve(),
        mainEntryPointFilePath: resolve(entry),
        compiler: { tsconfigFilePath: resolve(project) },
        newlineKind: 'lf',
        dtsRollup: { enabled: true, untrimmedFilePath },
      },
    });
    const { succeeded } = Extractor.invoke(configuration, { localBuild: true, messageCallback: quiet });
    if (!succeeded) throw new Error(`API Extractor cannot read ${entry}`);
    return withoutInternals(readFileSync(untrimmedFilePath, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function quiet(message) {
  if (message.logLevel !== 'error') message.handled = true;
}

/**
 * Nest calls the constructors of the services, with internal classes. These constructors lose their parameters, and what
 * only they use is left out: a third of the text.
 */
function withoutInternals(text) {
  const source = ts.createSourceFile('index.d.ts', text, ts.ScriptTarget.Latest, true);
  const hidden = [];
  const kept = new Set();
  const isInternal = (name) =>
    declarations(source, name).some((one) => !ts.isImportDeclaration(one) && !isExported(one));
  const keep = (statement) => {
    if (kept.has(statement)) return;
    kept.add(statement);
    visit(statement);
  };
  const visit = (node) => {
    if (ts.isConstructorDeclaration(node) && node.parameters.some((one) => namesIn(one.type).some(isInternal))) {
      hidden.push(node);
    } else {
      if (ts.isIdentifier(node)) declarations(source, node.text).forEach(keep);
      ts.forEachChild(node, visit);
    }
  };
  source.statements.filter(isExported).forEach(keep);
  const pieces = source.statements.filter((one) => kept.has(one)).map((one) => textWithout(hidden, one));
  return `${pieces.join('').trim()}\n`;
}

/** The text of a statement with its docstring. Hidden constructors in it have no parameters. */
function textWithout(hidden, statement) {
  const ends = hidden.filter(({ parent }) => parent === statement);
  return ends.reduce(
    (text, one) => text.replace(one.getText(), 'constructor(...injected: unknown[]);'),
    statement.getFullText(),
  );
}

/** The statements that declare or import a name. */
function declarations(source, name) {
  return source.statements.filter((statement) => {
    if (ts.isImportDeclaration(statement)) return namesIn(statement.importClause).includes(name);
    return (statement.name ?? statement.declarationList?.declarations[0].name)?.text === name;
  });
}

function namesIn(node) {
  return node?.getText().match(/[\w$]+/g) ?? [];
}

function isExported(statement) {
  if (ts.isExportDeclaration(statement)) return true;
  return statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}
