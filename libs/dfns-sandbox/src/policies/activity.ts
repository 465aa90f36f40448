import type { User } from '../identities/user-store.js';
import type { ActivityKind } from './policy.js';

/** What policies look at. A member that is missing cannot be judged. */
export interface Subject {
  /** The wallets of the key that signs. */
  walletIds?: string[];
  walletTags?: string[];
  recipient?: string;
  /** The value in US dollars. */
  usd?: number;
  permissionId?: string;
  policyId?: string;
}

/** Something that a user asks for, and that policies may hold or block. It is kept with the state while it waits. */
export interface Activity {
  /** What it is, which says how it goes on. */
  about: 'transfer' | 'transaction' | 'signature' | 'change';
  kind: ActivityKind;
  /** The id of the request or of the change request. */
  id: string;
  initiator: User;
  subject: Subject;
}
