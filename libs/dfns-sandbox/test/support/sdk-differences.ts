import type { Difference } from './sdk-answers.js';

/** A difference of the sandbox from the declarations of the official SDK, which our facts about Dfns explain. */
export interface ExplainedDifference extends Omit<Difference, 'route'> {
  routes: string[];
  reason: string;
  /** The section of docs/dfns-api.md that explains it. */
  fact: string;
}

/** All differences. Remove one when the sandbox or the SDK changes: sdk-differences.spec.ts fails until then. */
export const SDK_DIFFERENCES: ExplainedDifference[] = [
  {
    routes: ['GET /wallets/{walletId}/signatures', 'GET /keys/{keyId}/signatures'],
    member: 'items[].walletId',
    problem: 'unknown',
    reason: 'a signature that was asked for by wallet has walletId, as in the older documents',
    fact: '15.7',
  },
  {
    routes: ['GET /wallets/{walletId}/signatures/{signatureId}', 'GET /keys/{keyId}/signatures/{signatureId}'],
    member: 'walletId',
    problem: 'unknown',
    reason: 'a signature that was asked for by wallet has walletId, as in the older documents',
    fact: '15.7',
  },
  {
    routes: ['GET /wallets/{walletId}/signatures'],
    member: 'walletId',
    problem: 'unknown',
    reason: 'the page by wallet names the wallet; the SDK declares the page by key, with keyId',
    fact: '15.7',
  },
];

/** The differences as text, one for each route: `GET /wallets/{walletId}: items[].name missing`. */
export function textOf({ route, member, problem }: Difference): string {
  return `${route}: ${member} ${problem}`;
}

export const EXPLAINED = SDK_DIFFERENCES.flatMap(({ routes, ...difference }) =>
  routes.map((route) => textOf({ route, ...difference })),
);

/** The differences that nothing explains, as text, each once. */
export function unexplained(differences: Difference[]): string[] {
  return [...new Set(differences.map(textOf))].filter((text) => !EXPLAINED.includes(text));
}
