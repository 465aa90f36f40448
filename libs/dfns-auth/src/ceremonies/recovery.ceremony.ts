import { Injectable } from '@nestjs/common';
import { checked } from '../delegated-auth/checked.js';
import { DelegatedAuthService } from '../delegated-auth/delegated-auth.service.js';
import { RecoverUserDto } from '../delegated-auth/dto/recover-user.dto.js';
import type { RecoveryResult } from '../delegated-auth/recovery.calls.js';
import type { Ceremony } from './ceremony.js';
import { OpenCeremonies } from './open-ceremonies.js';
import { type PublicRecoveryChallenge, publicRecoveryChallenge } from './public-creation-challenges.js';

interface Held {
  temporaryToken: string;
}

/** A user who lost their device gets new credentials, with the recovery key that they still have. */
@Injectable()
export class RecoveryCeremony {
  readonly #auth: DelegatedAuthService;
  readonly #open: OpenCeremonies;

  constructor(auth: DelegatedAuthService, open: OpenCeremonies) {
    this.#auth = auth;
    this.#open = open;
  }

  async begin(username: string, credentialId: string): Promise<Ceremony<PublicRecoveryChallenge>> {
    const challenge = await this.#auth.createRecoveryChallenge({ username, credentialId });
    const held: Held = { temporaryToken: challenge.temporaryAuthenticationToken };
    return this.#open.open('recovery', username, held, publicRecoveryChallenge(challenge));
  }

  async finish(username: string, ceremonyId: string, given: RecoverUserDto): Promise<RecoveryResult> {
    const recovery = checked(RecoverUserDto, given);
    const { temporaryToken } = await this.#open.take<Held>('recovery', username, ceremonyId);
    return this.#auth.recover(temporaryToken, recovery);
  }
}
