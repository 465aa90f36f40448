/**
 * A local Dfns.
 *
 * @module dfns-sandbox
 */

export type { SandboxClock } from './configuration/sandbox-clock.js';
export type { Lifetimes, RelyingParty, SandboxOptions, TransferTimes } from './configuration/sandbox-config.js';
export type { Seeded } from './control/beginning.js';
export type { Seed } from './control/seed.js';
export { DfnsSandbox, type StartOptions } from './dfns-sandbox.js';
export type { Fault } from './faults/fault.js';
export type { PlannedFault } from './faults/fault-plan.js';
export type { User, UserKind } from './identities/user-store.js';
export type { ReceivedRequest } from './journal/call-record.js';
export type {
  CreatedPersonalAccessToken,
  PersonalAccessTokenRequest,
} from './personal-access-tokens/personal-access-token-factory.js';
export type { CreatedServiceAccount, ServiceAccountRequest } from './service-accounts/service-account-factory.js';
export type { Mail } from './tokens/outbox.js';
export type { CreatedUser, UserRequest } from './users/user-factory.js';
export type { SandboxWebhooks } from './webhooks/sandbox-webhooks.js';
export type { WebhookDelivery, WebhookEvent } from './webhooks/webhook-deliveries.js';
export type { CreatedWebhook, WebhookRequest } from './webhooks/webhook-store.js';
