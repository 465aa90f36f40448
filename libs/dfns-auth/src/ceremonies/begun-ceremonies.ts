import { aText, aTime, optional, Schema } from '../dto/schema.js';
import {
  PublicCredentialChallenge,
  PublicRecoveryChallenge,
  PublicRegistrationChallenge,
  PublicUserActionChallenge,
} from './public-challenges.js';

/** A challenge for a browser, and the id that is needed to finish the ceremony. */
export interface Ceremony<C> {
  ceremonyId: string;
  /** ISO 8601. After that the ceremony cannot be finished. */
  expiresAt: string;
  challenge: C;
}

/*
 * One class for each ceremony, so that an OpenAPI document can name what a route answers. The values are plain objects.
 */

abstract class BegunCeremony {
  @Schema(aText('c2l4dGVlbiByYW5kb20gYnl0ZXM'))
  ceremonyId!: string;

  /** ISO 8601. After that the ceremony cannot be finished. */
  @Schema(aTime())
  expiresAt!: string;
}

/** A registration that a browser finishes. */
export class BegunRegistration extends BegunCeremony implements Ceremony<PublicRegistrationChallenge> {
  @Schema({ type: () => PublicRegistrationChallenge })
  challenge!: PublicRegistrationChallenge;
}

/** A recovery that a browser finishes. */
export class BegunRecovery extends BegunCeremony implements Ceremony<PublicRecoveryChallenge> {
  @Schema({ type: () => PublicRecoveryChallenge })
  challenge!: PublicRecoveryChallenge;
}

/** A new credential that a browser makes. */
export class BegunCredential extends BegunCeremony implements Ceremony<PublicCredentialChallenge> {
  @Schema({ type: () => PublicCredentialChallenge })
  challenge!: PublicCredentialChallenge;
}

/** A request that a user signs in a browser. */
export class BegunAction extends BegunCeremony implements Ceremony<PublicUserActionChallenge> {
  @Schema({ type: () => PublicUserActionChallenge })
  challenge!: PublicUserActionChallenge;

  /** What `CeremonyAction.externalId` was given or made. Keep it with your operation before you finish. */
  @Schema(optional(aText('order-1')))
  externalId?: string;
}
