import type { Wallet } from '../services/results.js';

/**
 * Something that an event is about, as Dfns sent it: no member is checked. Members that are not named here are there too.
 */
export interface WebhookThing {
  id: string;
  status?: string;
  [member: string]: unknown;
}

/** A transfer, transaction or signature of a wallet (dfns-api 16.2, 19.16). */
export interface WebhookRequest extends WebhookThing {
  status: string;
  walletId?: string;
  network?: string;
  /** Yours, if you gave one. */
  externalId?: string;
  txHash?: string;
  /** Why it failed or was rejected. */
  reason?: string;
}

type State<K extends string, S extends string> = `${K}.${S}`;
type OnChain = 'requested' | 'failed' | 'rejected' | 'broadcasted' | 'confirmed';
type Signature = 'requested' | 'failed' | 'rejected' | 'signed';
type Offer = 'received' | 'accepted' | 'rejected' | 'withdrawn';

/** The `data` of each kind (dfns-api 17.7). */
type DataByKind = Record<State<'wallet', 'created' | 'activated' | 'delegated' | 'exported'>, { wallet: Wallet }> &
  Record<'wallet.tags.modified', { wallet: Wallet; tagsAdded: string[]; tagsRemoved: string[] }> &
  Record<State<'wallet.transfer', OnChain>, { transferRequest: WebhookRequest }> &
  Record<State<'wallet.transaction', OnChain>, { transactionRequest: WebhookRequest }> &
  Record<State<'wallet.signature', Signature>, { signatureRequest: WebhookRequest }> &
  Record<State<'wallet.offer', Offer>, { offer: WebhookThing }> &
  Record<
    | 'wallet.blockchainevent.detected'
    | 'wallet.blockchain_event.transfer.included'
    | 'wallet.blockchain_event.misc.confirmed'
    | 'address_watch.blockchain_event.transfer.confirmed'
    | 'address_watch.blockchain_event.misc.confirmed',
    { blockchainEvent: Record<string, unknown> }
  > &
  Record<State<'key', 'created' | 'deleted' | 'delegated' | 'exported'>, { key: WebhookThing }> &
  Record<'policy.triggered', { policyEvaluation: WebhookThing }> &
  Record<State<'policy.approval', 'pending' | 'resolved'>, { approval: WebhookThing }> &
  Record<'vault.event.created', { vaultEvent: WebhookThing }> &
  Record<'vault.created' | 'vault.updated' | 'vault.tags.modified' | 'payout.action.required', Record<string, unknown>>;

/** The kinds of events that Dfns documents. */
export type DfnsWebhookEventKind = keyof DataByKind;

/**
 * The text of a kind that is not documented. It has a type of its own, so that a `switch` over `kind` narrows `data`.
 * TypeScript does so only for literal types and enums; with `string`, no kind would narrow.
 */
export declare enum UndocumentedWebhookEventKind {
  AnyText = '',
}

interface Delivered<K extends string, D> {
  /** `whe-…`; new for every attempt to deliver the same event. */
  id: string;
  kind: K;
  /** When it happened; ISO 8601. */
  date: string;
  /** When this attempt was sent, in seconds since 1970. */
  timestampSent: number;
  /** From 1. */
  deliveryAttempt?: number;
  /** `id` of an earlier attempt that failed. */
  retryOf?: string;
  data: D;
}

/**
 * An event that Dfns delivers to a webhook. `kind` says what `data` holds. Kinds that are not documented are passed on;
 * to compare them, read the kind as text: `const kind: string = event.kind`. `data` is as Dfns sent it, no member is
 * checked: the test event of `POST /webhooks/{webhookId}/ping` may lack them.
 */
export type DfnsWebhookEvent =
  | { [K in DfnsWebhookEventKind]: Delivered<K, DataByKind[K]> }[DfnsWebhookEventKind]
  | Delivered<UndocumentedWebhookEventKind, Record<string, unknown>>;
