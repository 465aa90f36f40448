import { oneOf } from '../bodies/shape.js';

const each = (prefix: string, ...names: string[]) => names.map((name) => `${prefix}.${name}`);

/** The kinds that a webhook can subscribe to (dfns-api 17.7). */
const KINDS = [
  ...each('wallet', 'created', 'activated', 'delegated', 'exported', 'tags.modified'),
  ...each('wallet.transfer', 'requested', 'failed', 'rejected', 'broadcasted', 'confirmed'),
  ...each('wallet.transaction', 'requested', 'failed', 'rejected', 'broadcasted', 'confirmed'),
  ...each('wallet.signature', 'requested', 'failed', 'rejected', 'signed'),
  ...each('wallet.offer', 'received', 'accepted', 'rejected', 'withdrawn'),
  'wallet.blockchainevent.detected',
  ...each('wallet.blockchain_event', 'transfer.included', 'misc.confirmed'),
  ...each('address_watch.blockchain_event', 'transfer.confirmed', 'misc.confirmed'),
  ...each('key', 'created', 'deleted', 'delegated', 'exported'),
  ...each('policy', 'triggered', 'approval.pending', 'approval.resolved'),
  ...each('vault', 'created', 'updated', 'tags.modified', 'event.created'),
  'payout.action.required',
];

/** The rule for a kind. */
export const eventKind = () => oneOf(...KINDS);

/** The rule for what a webhook subscribes to: a kind, or `*` for all of them. */
export const subscription = () => oneOf('*', ...KINDS);
