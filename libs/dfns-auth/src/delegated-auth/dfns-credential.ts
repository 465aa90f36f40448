import type { AnswerMembers } from './answer-members.js';

/** A credential of a user (spec 14). */
export interface DfnsCredential {
  kind: string;
  /** The id that signing and recovery use. */
  credentialId: string;
  /** The id that activating and deactivating use. */
  credentialUuid: string;
  /** ISO 8601. */
  dateCreated: string;
  isActive: boolean;
  name: string;
  publicKey: string;
  relyingPartyId: string;
  origin: string;
}

/** Reads a {@link DfnsCredential}. */
export function readCredential(credential: AnswerMembers): DfnsCredential {
  return credential.whole<DfnsCredential>({
    texts: ['kind', 'credentialId', 'credentialUuid', 'dateCreated', 'name'],
    flags: ['isActive'],
  });
}
