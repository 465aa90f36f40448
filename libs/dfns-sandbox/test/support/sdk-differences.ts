import type { Difference } from './sdk-answers.js';

/** A difference of the sandbox from the declarations of the official SDK, which our facts about Dfns explain. */
export interface ExplainedDifference extends Omit<Difference, 'route'> {
  routes: string[];
  reason: string;
  /** The section of docs/dfns-api.md that explains it. */
  fact: string;
}

const EVENTS = 'GET /webhooks/{webhookId}/events';
const EVENT = 'GET /webhooks/{webhookId}/events/{webhookEventId}';
const attempt = {
  problem: 'unknown',
  reason: 'all documents say that a stored attempt has it; the SDK declares the members of the event only',
  fact: '17.8',
};

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
  {
    routes: ['GET /v2/policy-approvals/{approvalId}', 'POST /v2/policy-approvals/{approvalId}/decisions'],
    member: 'activity.signatureRequest.walletId',
    problem: 'unknown',
    reason: 'an approval shows the signature as it is; one that was asked for by wallet has walletId',
    fact: '15.7',
  },
  {
    routes: ['GET /v2/policy-approvals'],
    member: 'items[].activity.signatureRequest.walletId',
    problem: 'unknown',
    reason: 'an approval shows the signature as it is; one that was asked for by wallet has walletId',
    fact: '15.7',
  },
  { routes: [EVENTS], member: 'items[].deliveryAttempt', ...attempt },
  { routes: [EVENTS], member: 'items[].deliveryFailed', ...attempt },
  { routes: [EVENTS], member: 'items[].nextAttemptDate', ...attempt },
  { routes: [EVENTS], member: 'items[].retryOf', ...attempt },
  { routes: [EVENT], member: 'deliveryAttempt', ...attempt },
  { routes: [EVENT], member: 'deliveryFailed', ...attempt },
  { routes: [EVENT], member: 'nextAttemptDate', ...attempt },
  { routes: [EVENT], member: 'retryOf', ...attempt },
];

interface ExplainedRoutes {
  routes: string[];
  reason: string;
  fact: string;
}

/** Routes of the sandbox that the official SDK does not have. The OpenAPI document judges them. */
export const BEYOND_SDK: ExplainedRoutes[] = [
  {
    routes: ['POST /auth/registration/delegated/restart'],
    reason: 'only the older documents have it; it answers with the option `restart`',
    fact: '10.2',
  },
  {
    routes: ['DELETE /auth/credentials/{credentialUuid}'],
    reason: 'it is newer than this version of the SDK',
    fact: '13.1',
  },
];

/** Routes of the official SDK that the sandbox has and always refuses, so that nothing can be judged. */
export const ALWAYS_REFUSED: ExplainedRoutes[] = [
  {
    routes: [
      'POST /wallets/import',
      'POST /wallets/{walletId}/export',
      'POST /keys/import',
      'POST /keys/{keyId}/export',
    ],
    reason: 'the answer is 402, as for an organisation that may not do it',
    fact: '15.8',
  },
  { routes: ['GET /auth/apps/{appId}'], reason: 'there are no applications, so none is found', fact: '12.6' },
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
