import { defineConfig } from 'vitepress';

const guide = (text: string, file: string) => ({ text, link: `/guides/${file}` });

/** The site of the documents. `npm run docs` builds it, after TypeDoc has written docs/reference. */
export default defineConfig({
  title: 'nestjs-dfns-auth',
  description: 'Dfns wallets behind your own NestJS login',
  lang: 'en',
  cleanUrls: true,
  outDir: '../dist/docs',
  cacheDir: '../dist/.vitepress-cache',
  themeConfig: {
    search: { provider: 'local' },
    outline: 'deep',
    nav: [
      { text: 'Guides', link: '/guides/quick-start' },
      { text: 'Reference', link: '/reference/' },
      { text: 'Architecture', link: '/architecture' },
    ],
    sidebar: {
      '/reference/': [{ text: 'Packages', link: '/reference/' }],
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
          text: 'Inside',
          items: [
            { text: 'Architecture', link: '/architecture' },
            { text: 'Facts about Dfns', link: '/dfns-api' },
            { text: 'Decisions', link: '/decisions' },
          ],
        },
      ],
    },
  },
});
