import { readTokenClaims } from '../credentials/token-claims.js';
import { aFlag, aList, anObject, aText, aTime, optional, Schema } from '../dto/schema.js';
import type { AnswerReader } from '../http/answer-reader.js';

/** Answer to a delegated login: a user token. It can read as the user; writes also need a signature of the user. */
export interface DelegatedLoginResponse {
  token: string;
}

/**
 * A wallet (dfns-api 19.13), as Dfns sent it: no member is checked. Answers of Dfns may lack the optional members
 * (dfns-api 20.33).
 */
export class Wallet {
  @Schema(aText('wa-2m3n4-5p6q7-8r9s0t1u2v3w4x5y'))
  id!: string;

  @Schema(aText('EthereumSepolia'))
  network!: string;

  @Schema(optional(aText('Active')))
  status?: string;

  /** Missing while the key of the wallet is being created. */
  @Schema(optional(aText('0x00e3495cf6af59008f22ffaf32d4c92ac33dac47')))
  address?: string;

  @Schema(optional(aText('My wallet')))
  name?: string;

  /** False for a wallet from which only its user can spend. */
  @Schema(optional(aFlag(false)))
  custodial?: boolean;

  @Schema(
    optional(
      anObject({
        id: optional(aText('ke-2m3n4-5p6q7-8r9s0t1u2v3w4x5y')),
        scheme: aText('ECDSA'),
        curve: aText('secp256k1'),
        publicKey: aText('02a1b2c3d4'),
        delegatedTo: optional(aText('us-2m3n4-5p6q7-8r9s0t1u2v3w4x5y')),
      }),
    ),
  )
  signingKey?: { id?: string; scheme: string; curve: string; publicKey: string; delegatedTo?: string };

  @Schema(optional(aList(aText('savings'))))
  tags?: string[];

  /** ISO 8601. */
  @Schema(optional(aTime()))
  dateCreated?: string;
}

export function readWallet(wallet: AnswerReader): Wallet {
  return wallet.unchecked<Wallet>();
}

/**
 * Answer to a registration and to a recovery; `credential` is the first factor (dfns-api 19.7). A member is missing if
 * Dfns did not send it: what has happened is not reported as an error because a member is missing.
 */
export class RegistrationResult {
  @Schema(
    anObject({
      uuid: optional(aText('cr-2m3n4-5p6q7-8r9s0t1u2v3w4x5y')),
      kind: optional(aText('Fido2')),
      name: optional(aText('My phone')),
    }),
  )
  credential!: { uuid?: string; kind?: string; name?: string };

  @Schema(
    anObject({
      id: optional(aText('us-2m3n4-5p6q7-8r9s0t1u2v3w4x5y')),
      username: optional(aText('ada')),
      orgId: optional(aText('or-2m3n4-5p6q7-8r9s0t1u2v3w4x5y')),
    }),
  )
  user!: { id?: string; username?: string; orgId?: string };
}

/** Answer to a recovery; `credential` is the first of the new credentials. */
export class RecoveryResult extends RegistrationResult {}

/** Answer to a registration with wallets. */
export interface EndUserRegistrationResult extends RegistrationResult {
  /** A user token. Keep it on the server. Without it, log the user in. */
  authentication?: { token: string };
  wallets: Wallet[];
}

/**
 * Reads a {@link RegistrationResult}. In older answers the kind is named `credentialKind` (dfns-api 20.8). What the
 * answer does not say about the user is taken from the temporary token.
 */
export function readRegistrationResult(answer: AnswerReader, temporaryToken: string): RegistrationResult {
  const credential = answer.objectIfAny('credential');
  const user = answer.objectIfAny('user');
  const { userId, username, orgId } = readTokenClaims(temporaryToken) ?? {};
  return {
    credential: {
      uuid: credential?.textIfAny('uuid'),
      kind: credential?.textIfAny('kind') ?? credential?.textIfAny('credentialKind'),
      name: credential?.textIfAny('name'),
    },
    user: {
      id: user?.textIfAny('id') ?? userId,
      username: user?.textIfAny('username') ?? username,
      orgId: user?.textIfAny('orgId') ?? orgId,
    },
  };
}

/** Reads an {@link EndUserRegistrationResult}, except for the token. */
export function readEndUserRegistrationResult(
  answer: AnswerReader,
  temporaryToken: string,
): Omit<EndUserRegistrationResult, 'authentication'> {
  return { ...readRegistrationResult(answer, temporaryToken), wallets: answer.objectsIfAny('wallets').map(readWallet) };
}
