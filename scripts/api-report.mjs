/**
 * Writes the exports of both libraries, names and signatures, to docs/api, so that a review shows every change of the
 * public API. API Extractor reads the built declarations: build the libraries first. Stay on its version 7: 8.0.0
 * on npm is older and made for TypeScript 3.1.
 *
 * usage: api-report.mjs [FOLDER]   the folder for the reports; docs/api if not given
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';

const ENTRIES = [
  { name: 'nestjs-dfns-auth', folder: 'libs/dfns-auth', types: 'esm', project: 'lib' },
  { name: 'nestjs-dfns-auth-browser', folder: 'libs/dfns-auth', types: 'browser', project: 'browser' },
  { name: 'dfns-sandbox', folder: 'libs/dfns-sandbox', types: 'esm', project: 'lib' },
];

const target = process.argv[2] ?? 'docs/api';
mkdirSync(target, { recursive: true });
for (const entry of ENTRIES) {
  const report = extract(entry).trimEnd();
  writeFileSync(join(target, `${entry.name}.api.md`), `${report}\n`);
}

function extract({ name, folder, types, project }) {
  const reportFolder = mkdtempSync(join(tmpdir(), 'api-report-'));
  const configuration = ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: resolve(folder, 'package.json'),
    configObject: {
      projectFolder: resolve(folder),
      mainEntryPointFilePath: resolve(folder, 'dist', types, 'index.d.ts'),
      compiler: { tsconfigFilePath: resolve(folder, `tsconfig.${project}.json`) },
      newlineKind: 'lf',
      apiReport: {
        enabled: true,
        reportFileName: name,
        reportFolder,
        reportTempFolder: reportFolder,
        // A type that an exported type uses is reported too, exported or not.
        includeForgottenExports: true,
      },
    },
  });
  try {
    const { succeeded } = Extractor.invoke(configuration, { localBuild: true, messageCallback: quiet });
    if (!succeeded) throw new Error(`API Extractor cannot read the declarations of ${name}`);
    return readFileSync(configuration.reportFilePath, 'utf8');
  } finally {
    rmSync(reportFolder, { recursive: true });
  }
}

function quiet(message) {
  if (message.logLevel !== 'error') message.handled = true;
}
