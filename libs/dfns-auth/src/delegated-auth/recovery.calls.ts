import { Inject, Injectable } from '@nestjs/common';
import { ApiCalls } from '../api/api-calls.js';
import type { CallOptions } from '../client/call-scope.js';
import { DFNS_AUTH_CONFIG, type DfnsAuthConfig } from '../config/dfns-auth-config.js';
import { AnswerMembers } from './answer-members.js';
import { checked } from './checked.js';
import { DelegatedRecoveryDto } from './dto/delegated-recovery.dto.js';
import { RecoverUserDto } from './dto/recover-user.dto.js';
import { receivedToken } from './received-token.js';
import type { RecoveryChallenge } from './recovery-challenge.js';
import { readRegistrationOptions } from './registration-challenge.js';
import { type RegistrationResult, readRegistrationResult } from './registration-result.js';

/** Answer of a recovery: the first of the new credentials. */
export type RecoveryResult = RegistrationResult;

/** The calls that give a user new credentials for lost ones (spec 9.8, 11.1, 11.5). */
@Injectable()
export class RecoveryCalls {
  readonly #calls: ApiCalls;
  readonly #config: DfnsAuthConfig;

  constructor(calls: ApiCalls, @Inject(DFNS_AUTH_CONFIG) config: DfnsAuthConfig) {
    this.#calls = calls;
    this.#config = config;
  }

  async createChallenge(request: DelegatedRecoveryDto, options: CallOptions): Promise<RecoveryChallenge> {
    const body = checked(DelegatedRecoveryDto, request);
    const read = (answer: unknown, operation: string) => {
      const members = new AnswerMembers(answer, operation);
      const token = receivedToken(members, 'temporaryAuthenticationToken', body.username, this.#config.orgId);
      return {
        ...readRegistrationOptions(members),
        temporaryAuthenticationToken: token,
        allowedRecoveryCredentials: members.list('allowedRecoveryCredentials', (item) => ({
          id: item.text('id'),
          encryptedRecoveryKey: item.text('encryptedRecoveryKey'),
        })),
      };
    };
    return this.#calls.perform(
      { method: 'POST', path: '/auth/recover/user/delegated', body, caller: 'serviceAccount' },
      { repeatable: false, username: body.username, read },
      options,
    );
  }

  async recover(token: string, request: RecoverUserDto, options: CallOptions): Promise<RecoveryResult> {
    const { recovery, newCredentials } = checked(RecoverUserDto, request);
    return this.#calls.perform(
      {
        method: 'POST',
        path: '/auth/recover/user',
        body: { recovery, newCredentials },
        caller: { temporaryToken: token },
      },
      {
        repeatable: false,
        read: (answer, operation) => readRegistrationResult(new AnswerMembers(answer, operation)),
      },
      options,
    );
  }
}
