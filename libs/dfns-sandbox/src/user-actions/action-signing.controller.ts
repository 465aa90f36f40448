import { Controller, Post } from '@nestjs/common';
import { Access, type AccessRule } from '../access/access-rule.js';
import { type Caller, CurrentCaller } from '../access/caller.js';
import { JsonBody } from '../bodies/json-body.decorator.js';
import { object, oneOf, optional, text, type ValueOf } from '../bodies/shape.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { factorAssertion } from '../credentials/assertion.js';
import { type Credential, isUsable } from '../credentials/credential.js';
import { AssertionVerifier } from './assertion-verifier.js';
import { UserActionStore } from './user-action-store.js';

const initBody = object({
  userActionServerKind: optional(oneOf('Api', 'Staff')),
  userActionHttpMethod: oneOf('POST', 'PUT', 'DELETE', 'GET'),
  userActionHttpPath: text(),
  userActionPayload: text({ min: 0 }),
});
const signBody = object({
  challengeIdentifier: text({ min: 0 }),
  firstFactor: factorAssertion,
  secondFactor: optional(factorAssertion),
});
const callers: AccessRule['callers'] = ['CustomerEmployee', 'EndUser', 'ServiceAccount'];

/** User action signing: get a challenge, then exchange its signature for a `userAction` (dfns-api 7.1). */
@Controller('auth/action')
export class ActionSigningController {
  constructor(
    private readonly config: SandboxConfig,
    private readonly userActions: UserActionStore,
    private readonly assertions: AssertionVerifier,
  ) {}

  @Post('init')
  @Access({ callers })
  init(@CurrentCaller() { user }: Caller, @JsonBody(initBody) body: ValueOf<typeof initBody>) {
    const action = {
      method: body.userActionHttpMethod,
      path: body.userActionHttpPath,
      payload: body.userActionPayload,
    };
    const { id, name } = this.config.relyingParty;
    return {
      ...this.userActions.open(user, action),
      rp: { id, name },
      supportedCredentialKinds: ['Fido2', 'Key', 'PasswordProtectedKey'].map((kind) => ({
        kind,
        factor: 'either',
        requiresSecondFactor: false,
      })),
      userVerification: 'required',
      attestation: 'none',
      allowCredentials: allowCredentials(user.credentials.filter(isUsable)),
      externalAuthenticationUrl: '',
    };
  }

  @Post()
  @Access({ callers })
  async sign(@CurrentCaller() { user }: Caller, @JsonBody(signBody) body: ValueOf<typeof signBody>) {
    const { challenge, action, group } = this.userActions.take(user, body.challengeIdentifier);
    await this.assertions.verify(user, body.firstFactor, challenge);
    if (body.secondFactor) await this.assertions.verify(user, body.secondFactor, challenge);
    return { userAction: this.userActions.grant(user, action, group) };
  }
}

function allowCredentials(credentials: readonly Credential[]) {
  const ofKind = (kind: string) =>
    credentials
      .filter((credential) => credential.kind === kind)
      .map(({ credId, encryptedPrivateKey }) => ({ type: 'public-key', id: credId, encryptedPrivateKey }));
  return { key: ofKind('Key'), passwordProtectedKey: ofKind('PasswordProtectedKey'), webauthn: ofKind('Fido2') };
}
