import { randomInt } from 'node:crypto';
import { Controller, Post } from '@nestjs/common';
import { Access, Anonymous } from '../access/access-rule.js';
import { type Caller, CurrentCaller } from '../access/caller.js';
import { JsonBody } from '../bodies/json-body.decorator.js';
import { object, oneOf, satisfying, text, type ValueOf } from '../bodies/shape.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { Enrolment } from '../enrolment/enrolment.js';
import { createCredentialBody } from '../enrolment/new-credential.js';
import { bodyInvalid, challengeInvalid, invalidCode } from '../errors/refusals.js';
import { type User, UserStore } from '../identities/user-store.js';
import { KeptState } from '../state/kept-state.js';
import { IssuedSecrets } from '../tokens/issued-secrets.js';
import { credentialAnswer } from './credential-answer.js';
import { CredentialChallenges } from './credential-challenges.js';

const LONGEST_MS = 60_000;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

const expiration = satisfying<string | number>(
  'an ISO 8601 date, or a whole number of unix seconds',
  (value) => Number.isInteger(value) || (typeof value === 'string' && /^\d{4}-\d\d-\d\dT.+/.test(value)),
);
const codeBody = object({ expiration });
const initBody = object({ code: text(), credentialKind: oneOf('Fido2', 'Key', 'PasswordProtectedKey', 'RecoveryKey') });

/** Codes with which a user adds a credential from another domain (dfns-api 13.3). */
@Controller('auth/credentials/code')
export class CredentialCodesController {
  readonly #codes: Map<string, { user: User; expiresAt: number }>;

  constructor(
    private readonly config: SandboxConfig,
    private readonly users: UserStore,
    private readonly challenges: CredentialChallenges,
    private readonly enrolment: Enrolment,
    private readonly secrets: IssuedSecrets,
    state: KeptState,
  ) {
    this.#codes = state.keep('credential codes', new Map());
  }

  @Post()
  @Access({ callers: ['CustomerEmployee', 'EndUser'], userAction: true, personalAccessTokens: false })
  create(@CurrentCaller() { user }: Caller, @JsonBody(codeBody) body: ValueOf<typeof codeBody>) {
    const expiresAt = typeof body.expiration === 'number' ? body.expiration * 1_000 : Date.parse(body.expiration);
    const now = this.config.now();
    if (!(expiresAt > now && expiresAt <= now + LONGEST_MS)) {
      throw bodyInvalid(['body.expiration must be in the future, by one minute at most']);
    }
    const code = this.secrets.add([3, 3, 3].map(randomLetters).join('-'));
    this.#codes.set(code, { user, expiresAt });
    return { code, expiration: new Date(expiresAt).toISOString() };
  }

  /** The code is used up here. */
  @Post('init')
  @Anonymous()
  init(@JsonBody(initBody) { code, credentialKind }: ValueOf<typeof initBody>) {
    const found = this.#codes.get(code);
    this.#codes.delete(code);
    if (!found?.user.isActive || found.expiresAt <= this.config.now()) throw invalidCode();
    return this.challenges.open(found.user, credentialKind, { byCode: true });
  }

  @Post('verify')
  @Anonymous()
  async verify(@JsonBody(createCredentialBody) body: ValueOf<typeof createCredentialBody>) {
    const { userId, challenge } = this.challenges.takeByCode(body.credentialKind, body.challengeIdentifier);
    const user = this.users.byId(userId);
    if (!user?.isActive) throw challengeInvalid();
    const credential = await this.enrolment.verify(body, challenge);
    this.users.setCredentials(user, [...user.credentials, credential]);
    return credentialAnswer(credential, this.config.relyingParty.id);
  }
}

const randomLetters = (length: number) => Array.from({ length }, () => LETTERS[randomInt(LETTERS.length)]).join('');
