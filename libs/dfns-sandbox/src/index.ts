export type { Lifetimes, RelyingParty, SandboxOptions, TransferTimes } from './configuration/sandbox-config.js';
export { DfnsSandbox } from './dfns-sandbox.js';
export type { Fault } from './faults/fault.js';
export type { User, UserKind } from './identities/user-store.js';
export type {
  CreatedPersonalAccessToken,
  PersonalAccessTokenRequest,
} from './personal-access-tokens/personal-access-token-factory.js';
export type { ReceivedRequest } from './server/request-log.js';
export type { CreatedServiceAccount, ServiceAccountRequest } from './service-accounts/service-account-factory.js';
export type { Mail } from './tokens/outbox.js';
export type { CreatedUser, UserRequest } from './users/user-factory.js';
export type { SandboxWebhooks } from './webhooks/sandbox-webhooks.js';
export type { WebhookDelivery, WebhookEvent } from './webhooks/webhook-deliveries.js';
export type { CreatedWebhook, WebhookRequest } from './webhooks/webhook-store.js';
