import { Injectable } from '@nestjs/common';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { registrationOptions } from '../credentials/creation-options.js';
import type { User } from '../identities/user.js';
import { TemporarySessions } from '../tokens/temporary-sessions.js';

/** Opens registrations (spec 14, RegistrationChallenge). */
@Injectable()
export class RegistrationChallenges {
  constructor(
    private readonly config: SandboxConfig,
    private readonly sessions: TemporarySessions,
  ) {}

  open(user: User) {
    return { ...registrationOptions(user, this.config.relyingParty), ...this.sessions.open('Temp', user) };
  }
}
