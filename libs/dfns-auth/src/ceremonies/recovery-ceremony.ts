import { Injectable } from '@nestjs/common';
import { checked } from '../dto/checked.js';
import { RecoverUserDto } from '../dto/recovery.dto.js';
import type { CallScope } from '../http/call-scope.js';
import { DelegatedAuthService } from '../services/delegated-auth.service.js';
import type { RecoveryResult } from '../services/results.js';
import type { BegunRecovery } from './begun-ceremonies.js';
import { newCeremony, OpenCeremonies } from './open-ceremonies.js';
import { publicRecoveryChallenge } from './public-challenges.js';

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

  async begin(username: string, credentialId: string, scope: CallScope): Promise<BegunRecovery> {
    const challenge = await this.#auth.createRecoveryChallenge({ username, credentialId }, scope);
    const temporaryToken = challenge.temporaryAuthenticationToken;
    const held: Held = { temporaryToken };
    const row = { held, expiresAt: this.#open.endOfNew(temporaryToken) };
    return this.#open.open(newCeremony('recovery', username), row, publicRecoveryChallenge(challenge), scope);
  }

  async finish(username: string, ceremonyId: string, given: RecoverUserDto, scope: CallScope): Promise<RecoveryResult> {
    const recovery = checked(RecoverUserDto, given);
    const { temporaryToken } = await this.#open.take<Held>({ kind: 'recovery', username, ceremonyId }, scope);
    return this.#auth.recover(temporaryToken, recovery, scope);
  }
}
