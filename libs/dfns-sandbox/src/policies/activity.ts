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

/** Something that a user asks for, and that policies may hold or block. */
export interface Activity {
  kind: ActivityKind;
  /** The id of the request or of the change request. */
  id: string;
  initiator: User;
  subject: Subject;
  /** The member that an approval shows, in its present state, such as `{ transferRequest }`. */
  shown: () => object;
  /** Goes on: at once if no policy asks for an approval, else after the approval. `time` is in milliseconds. */
  goOn: (time: number) => void;
  /** Ends it: a policy blocks it, or the approval was denied or has expired. */
  reject: (reason: string, time: number) => void;
}
