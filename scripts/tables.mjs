/**
 * Writes the tables of the documents that are made from tables of the code (`npm run tables`). A test compares them.
 * Each table is between the comments `<!-- table NAME -->` and `<!-- end -->`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** The documents that have such tables. */
export const DOCUMENTS = ['docs/reference/options.md', 'docs/reference/errors.md', 'docs/guides/troubleshooting.md'];

const row = (...cells) => `| ${cells.join(' | ')} |`;
const table = (head, rows) => [row(...head), row(...head.map(() => '---')), ...rows].join('\n');
const code = (text) => `\`${text}\``;
/** Codes for which the client gets a `Retry-After` header, if the wait is known. */
const WITH_RETRY_AFTER = ['DFNS_RATE_LIMITED', 'DFNS_UNAVAILABLE'];

/** @param errors `DFNS_ERRORS` of the library */
function errorTable(errors) {
  const rows = Object.entries(errors).map(([name, { status, when, fix }]) =>
    row(code(name), when, WITH_RETRY_AFTER.includes(name) ? `${status}, \`Retry-After\`` : status, fix),
  );
  return table(['code', 'when', 'answer', 'what to do'], rows);
}

/** What to do for each code. @param errors `DFNS_ERRORS` of the library */
function fixTable(errors) {
  const rows = Object.entries(errors).map(([name, { when, fix }]) => row(code(name), when, fix));
  return table(['code', 'when', 'what to do'], rows);
}

/** @param options `OPTIONS` of the library */
function optionTable(options) {
  const rows = Object.entries(options).map(([path, { variable, fromFile, isRequired, default: fallback, words }]) => {
    const variables = variable ? [variable, ...(fromFile ? [`${variable}_FILE`] : [])].map(code).join(' or ') : '';
    const otherwise = fallback === undefined ? (isRequired ? 'required' : '') : code(fallback);
    return row(code(path), variables, words, otherwise);
  });
  return table(['option', 'variable', 'what it is', 'default'], rows);
}

/** The text with the new tables. @param library `{ DFNS_ERRORS, OPTIONS }` */
export function withTables(text, { DFNS_ERRORS, OPTIONS }) {
  const tables = { errors: errorTable(DFNS_ERRORS), fixes: fixTable(DFNS_ERRORS), options: optionTable(OPTIONS) };
  return text.replace(
    /(<!-- table (\w+) -->\n\n)[\s\S]*?(\n*<!-- end -->)/g,
    (_, before, name) => `${before}${tables[name]}\n\n<!-- end -->`,
  );
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { DFNS_ERRORS } = await import('../libs/dfns-auth/compiled/src/errors/error-table.js');
  const { OPTIONS } = await import('../libs/dfns-auth/compiled/src/config/option-table.js');
  for (const file of DOCUMENTS) writeFileSync(file, withTables(readFileSync(file, 'utf8'), { DFNS_ERRORS, OPTIONS }));
}
