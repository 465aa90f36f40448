import { Inject, Injectable } from '@nestjs/common';
import { DfnsCalls } from '../calls/dfns-calls.js';
import { DFNS_AUTH_CONFIG, type DfnsAuthConfig } from '../config/config.js';
import { checked } from '../dto/checked.js';
import { DelegatedRecoveryDto, RecoverUserDto } from '../dto/recovery.dto.js';
import type { AnswerReader } from '../http/answer-reader.js';
import type { CallOptions } from '../http/call-scope.js';
import { receivedToken } from '../tokens/user-token.js';
import { type RecoveryChallenge, readRegistrationOptions } from './creation-challenges.js';
import { type RecoveryResult, readRegistrationResult } from './results.js';

/** The calls of a recovery: they replace lost credentials of a user (dfns-api 8.11, 11.1, 11.2). */
@Injectable()
export class RecoveryCalls {
  readonly #calls: DfnsCalls;
  readonly #config: DfnsAuthConfig;

  constructor(calls: DfnsCalls, @Inject(DFNS_AUTH_CONFIG) config: DfnsAuthConfig) {
    this.#calls = calls;
    this.#config = config;
  }

  async createChallenge(request: DelegatedRecoveryDto, options: CallOptions): Promise<RecoveryChallenge> {
    const body = checked(DelegatedRecoveryDto, request);
    const read = (answer: AnswerReader) => {
      const token = receivedToken(answer, 'temporaryAuthenticationToken', body.username, this.#config.orgId);
      return {
        ...readRegistrationOptions(answer, token),
        temporaryAuthenticationToken: token,
        allowedRecoveryCredentials: answer.list('allowedRecoveryCredentials', (item) => ({
          id: item.nonEmptyText('id'),
          encryptedRecoveryKey: item.optionalText('encryptedRecoveryKey') ?? '',
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
      { repeatable: false, read: (answer) => readRegistrationResult(answer, token) },
      options,
    );
  }
}
