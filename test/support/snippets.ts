import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One block of a Markdown file that has the name of a file (` ```ts app.module.ts `) or of a command (` ```sh curl `). */
export interface Snippet {
  name: string;
  text: string;
}

/** Declares what Jest and Vitest both have without an import, as a new application of Nest sets them. */
export const GLOBALS_OF_TESTS = `
import type * as jest from '@jest/globals';
declare global {
  const { afterAll, beforeAll, expect, it }: typeof jest;
}`;

/** The named blocks of a Markdown text in one language. */
export function snippetsOf(markdown: string, language: string): Snippet[] {
  const pattern = new RegExp(`^\`\`\`(?:${language}) (\\S+)\\n([\\s\\S]*?)^\`\`\``, 'gm');
  return [...markdown.matchAll(pattern)].map(([, name, text]) => ({ name: name as string, text: text as string }));
}

/** Writes the TypeScript of a Markdown file into an empty folder. @throws Error for TypeScript without a file name */
export function writeSnippets(file: string, folder: string): Snippet[] {
  const markdown = readFileSync(file, 'utf8');
  const snippets = snippetsOf(markdown, 'tsx?');
  const blocks = markdown.match(/^```tsx?\b/gm)?.length ?? 0;
  if (blocks !== snippets.length) throw new Error(`${file} has TypeScript without a file name`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { name, text } of snippets) writeFileSync(join(folder, name), text);
  return snippets;
}
