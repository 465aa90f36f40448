import { Controller, Delete, Get, Param, Post, Put } from '@nestjs/common';
import { Access, type AccessRule } from '../access/access-rule.js';
import { type Caller, CurrentCaller } from '../access/caller.js';
import { JsonBody } from '../bodies/json-body.decorator.js';
import { object, oneOf, text, type ValueOf } from '../bodies/shape.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import type { Credential } from '../credentials/credential.js';
import { Enrolment } from '../enrolment/enrolment.js';
import { createCredentialBody } from '../enrolment/new-credential.js';
import { notFound } from '../errors/refusals.js';
import { type User, UserStore } from '../identities/user-store.js';
import { credentialAnswer } from './credential-answer.js';
import { CredentialChallenges } from './credential-challenges.js';

const initBody = object({ kind: oneOf('Fido2', 'Key', 'PasswordProtectedKey', 'RecoveryKey') });
const uuidBody = object({ credentialUuid: text() });
const callers: AccessRule['callers'] = ['CustomerEmployee', 'EndUser'];

/** `/auth/credentials` (dfns-api 13.1): the credentials of the caller. */
@Controller('auth/credentials')
export class OwnCredentialsController {
  constructor(
    private readonly config: SandboxConfig,
    private readonly users: UserStore,
    private readonly challenges: CredentialChallenges,
    private readonly enrolment: Enrolment,
  ) {}

  @Get()
  @Access({ callers, personalAccessTokens: false })
  list(@CurrentCaller() { user }: Caller) {
    return { items: user.credentials.map((credential) => this.#answer(credential)) };
  }

  @Post('init')
  @Access({ callers, personalAccessTokens: false })
  init(@CurrentCaller() { user }: Caller, @JsonBody(initBody) { kind }: ValueOf<typeof initBody>) {
    return this.challenges.open(user, kind, { byCode: false });
  }

  @Post()
  @Access({ callers, userAction: true, personalAccessTokens: false })
  async create(
    @CurrentCaller() { user }: Caller,
    @JsonBody(createCredentialBody) body: ValueOf<typeof createCredentialBody>,
  ) {
    const challenge = this.challenges.take(user, body.credentialKind, body.challengeIdentifier);
    const credential = await this.enrolment.verify(body, challenge);
    this.users.setCredentials(user, [...user.credentials, credential]);
    return this.#answer(credential);
  }

  @Put('activate')
  @Access({ callers, userAction: true, personalAccessTokens: false })
  activate(@CurrentCaller() { user }: Caller, @JsonBody(uuidBody) body: ValueOf<typeof uuidBody>) {
    this.#find(user, body.credentialUuid).isActive = true;
    return { message: 'success' };
  }

  @Put('deactivate')
  @Access({ callers, userAction: true, personalAccessTokens: false })
  deactivate(@CurrentCaller() { user }: Caller, @JsonBody(uuidBody) body: ValueOf<typeof uuidBody>) {
    this.#find(user, body.credentialUuid).isActive = false;
    return { message: 'success' };
  }

  @Delete(':credentialUuid')
  @Access({ callers, userAction: true, personalAccessTokens: false })
  remove(@CurrentCaller() { user }: Caller, @Param('credentialUuid') credentialUuid: string) {
    const credential = this.#find(user, credentialUuid);
    this.users.setCredentials(
      user,
      user.credentials.filter((other) => other !== credential),
    );
    return {};
  }

  #find(user: User, credentialUuid: string): Credential {
    const credential = user.credentials.find((candidate) => candidate.credentialUuid === credentialUuid);
    if (!credential) throw notFound('credential', { credentialUuid, orgId: this.config.orgId });
    return credential;
  }

  #answer(credential: Credential) {
    return credentialAnswer(credential, this.config.relyingParty.id);
  }
}
