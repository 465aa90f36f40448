export function percentile(values, percent) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))];
}

export const median = (values) => percentile(values, 50);

/** Prints rows as a Markdown table. Numbers are aligned right. */
export function printTable(title, rows) {
  const columns = Object.keys(rows[0]);
  const width = (column) => Math.max(column.length, ...rows.map((row) => String(row[column]).length));
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const cell = (row, column, i) =>
    i === 0 ? String(row[column]).padEnd(width(column)) : String(row[column]).padStart(width(column));
  console.log(`## ${title}\n`);
  console.log(line(columns.map((column, i) => cell({ [column]: column }, column, i))));
  console.log(line(columns.map((column, i) => '-'.repeat(width(column) - (i && 1)) + (i ? ':' : ''))));
  for (const row of rows) console.log(line(columns.map((column, i) => cell(row, column, i))));
  console.log();
}
