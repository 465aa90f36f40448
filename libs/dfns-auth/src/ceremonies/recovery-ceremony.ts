import { Injectable } from '@nestjs/common';
import { checked } from '../dto/checked.js';
import { RecoverUserDto } from '../dto/recovery.dto.js';
import { DelegatedAuthService } from '../services/delegated-auth.service.js';
import type { RecoveryResult } from '../services/results.js';
import { type Ceremony, OpenCeremonies } from './open-ceremonies.js';
import { type PublicRecoveryChallenge, publicRecoveryChallenge } from './public-challenges.js';

interface Held {
  temporaryToken: string;
}

/** A user who lost the device gets new credentials with the recovery key. */
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
