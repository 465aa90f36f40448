import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const REPORTS = ['nestjs-dfns-auth.api.md', 'nestjs-dfns-auth-browser.api.md', 'dfns-sandbox.api.md'];

/** The exports of the built libraries. `npm test` builds them first. */
describe('the public API', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dfns-api-'));

  beforeAll(() => {
    execFileSync(process.execPath, ['scripts/api-report.mjs', folder]);
  }, 60_000);

  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(REPORTS)('equals docs/api/%s', (name) => {
    const committed = readFileSync(join('docs', 'api', name), 'utf8').replaceAll('\r\n', '\n');
    try {
      expect(readFileSync(join(folder, name), 'utf8')).toBe(committed);
    } catch (difference) {
      throw new Error(`The public API has changed: run \`npm run api-report\` and commit docs/api.\n\n${difference}`);
    }
  });

  it('has no other report', () => {
    expect(readdirSync(join('docs', 'api')).sort()).toEqual(readdirSync(folder).sort());
  });
});
