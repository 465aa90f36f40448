import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig, type MarkdownRenderer } from 'vitepress';

const DOCS = join(import.meta.dirname, '..');
const ICON = readFileSync(join(DOCS, '..', 'public', 'icon.svg'), 'utf8');

/** A link in the navigation. VitePress finds dead links in pages only. @throws Error if there is no such page */
function page(text: string, link: string) {
  if (!existsSync(join(DOCS, `${link.replace(/\/$/, '/index')}.md`))) throw new Error(`dead link to ${link}`);
  return { text, link };
}

const guide = (text: string, file: string) => page(text, `/guides/${file}`);

/** Makes a picture of each Mermaid block: see theme/mermaid-picture.ts. */
function drawMermaid(md: MarkdownRenderer): void {
  const fence = md.renderer.rules.fence;
  md.renderer.rules.fence = (tokens, index, options, env, self) => {
    const { info = '', content = '' } = tokens[index] ?? {};
    if (info.trim() === 'mermaid') return `<MermaidPicture code="${encodeURIComponent(content)}" />`;
    return fence?.(tokens, index, options, env, self) ?? '';
  };
}

/** Gives each cell of a table the name of its column, which a phone shows: see theme/style.css. */
function nameColumns(md: MarkdownRenderer): void {
  md.core.ruler.push('name-columns', ({ tokens }) => {
    let columns: string[] = [];
    let column = 0;
    tokens.forEach(({ type }, index) => {
      if (type === 'table_open') columns = [];
      if (type === 'tr_open') column = 0;
      if (type === 'th_open') columns.push(tokens[index + 1]?.content ?? '');
      if (type === 'td_open') tokens[index]?.attrSet('data-column', columns[column++] ?? '');
    });
  });
}

/** Shows `[ ]` at the beginning of an item as a box, as GitHub does. */
function showBoxes(md: MarkdownRenderer): void {
  md.core.ruler.push('boxes', ({ tokens }) => {
    for (const { children } of tokens) {
      const first = children?.[0];
      if (first?.type === 'text') first.content = first.content.replace(/^\[ \] /, '☐ ');
    }
  });
}

/** The site of the documents. `npm run docs` builds it, after TypeDoc has written docs/packages. */
export default defineConfig({
  title: 'nestjs-dfns-auth',
  description: 'Dfns wallets behind your own NestJS login',
  lang: 'en',
  head: [['link', { rel: 'icon', href: `data:image/svg+xml,${encodeURIComponent(ICON)}` }]],
  cleanUrls: true,
  outDir: '../dist/docs',
  cacheDir: '../dist/.vitepress-cache',
  markdown: {
    config: (md) => {
      drawMermaid(md);
      nameColumns(md);
      showBoxes(md);
    },
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: 'deep',
    nav: [
      page('Guides', '/guides/quick-start'),
      page('Reference', '/reference/options'),
      page('Packages', '/packages/'),
      page('Architecture', '/architecture'),
    ],
    sidebar: {
      '/packages/': [
        {
          text: 'The packages',
          items: [
            page('nestjs-dfns-auth', '/packages/nestjs-dfns-auth/'),
            page('nestjs-dfns-auth/browser', '/packages/nestjs-dfns-auth/browser/'),
            page('dfns-sandbox', '/packages/dfns-sandbox/'),
          ],
        },
      ],
      '/': [
        {
          text: 'Begin',
          items: [
            guide('Quick start', 'quick-start'),
            guide('Your own login', 'sessions-and-jwt'),
            guide('Reading for a user', 'reading'),
            guide('Registration with a passkey', 'passkeys'),
            guide('Transfers', 'transfers'),
            guide('More passkeys', 'more-passkeys'),
            guide('Recovery', 'recovery'),
            guide('Policies and approvals', 'policies'),
            guide('Webhooks', 'webhooks'),
          ],
        },
        {
          text: 'Run it',
          items: [
            guide('Several organisations', 'organisations'),
            guide('Replicas and Redis', 'replicas-and-redis'),
            guide('Keys: KMS, HSM, rotation', 'keys'),
            guide('Networks', 'networks'),
            guide('When Dfns fails', 'when-dfns-fails'),
            guide('Testing', 'testing'),
            guide('Monitoring', 'monitoring'),
          ],
        },
        {
          text: 'Go live',
          items: [
            guide('A real Dfns', 'a-real-dfns'),
            guide('Checklist', 'going-live'),
            guide('Moving from @dfns/sdk', 'from-dfns-sdk'),
            guide('Troubleshooting', 'troubleshooting'),
          ],
        },
        {
          text: 'Look up',
          items: [
            page('Options and variables', '/reference/options'),
            page('Errors and retries', '/reference/errors'),
            page('Services and commands', '/reference/services'),
            page('The packages, by TypeDoc', '/packages/'),
          ],
        },
        {
          text: 'Inside',
          items: [
            page('Architecture', '/architecture'),
            page('Facts about Dfns', '/dfns-api'),
            page('Decisions', '/decisions'),
          ],
        },
      ],
    },
  },
});
