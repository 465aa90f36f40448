import { Injectable } from '@nestjs/common';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { registrationOptions } from '../enrolment/creation-options.js';
import { TemporarySessions } from '../enrolment/temporary-sessions.js';
import { notRecoveryFactor } from '../errors/refusals.js';
import type { User } from '../identities/user-store.js';
import { activeRecoveryKey } from './recovery-key.js';

/** Opens the session of a recovery, and makes the answer of both endpoints that do (dfns-api 19.3). */
@Injectable()
export class RecoveryChallenges {
  constructor(
    private readonly config: SandboxConfig,
    private readonly sessions: TemporarySessions,
  ) {}

  /** @param credentialId names a recovery key of the user @throws Refusal 401 */
  open(user: User, credentialId: string) {
    const key = activeRecoveryKey(user, credentialId);
    if (!key) throw notRecoveryFactor();
    return {
      ...registrationOptions(user, this.config.relyingParty),
      ...this.sessions.open('Recovery', user, key.credId),
      allowedRecoveryCredentials: [{ id: key.credId, encryptedRecoveryKey: key.encryptedPrivateKey ?? '' }],
    };
  }
}
