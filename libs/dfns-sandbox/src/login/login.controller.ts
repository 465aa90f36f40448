import { Controller, Post } from '@nestjs/common';
import { Anonymous } from '../access/access-rule.js';
import { JsonBody } from '../bodies/json-body.decorator.js';
import { assertOrganisation, organisationMembers } from '../bodies/organisation-members.js';
import { object, optional, text, type ValueOf } from '../bodies/shape.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { signedChallengeMembers } from '../credentials/assertion.js';
import { type Credential, isUsable } from '../credentials/credential.js';
import { noUsableCredential } from '../errors/refusals.js';
import { type User, UserStore } from '../identities/user-store.js';
import { MailedCodes } from '../tokens/mailed-codes.js';
import { OpenChallenges } from '../tokens/open-challenges.js';
import { TokenIssuer } from '../tokens/token-issuer.js';
import { AssertionVerifier } from '../user-actions/assertion-verifier.js';
import { signingChallenge } from '../user-actions/signing-challenge.js';
import { personWhoLogsIn } from './login-rules.js';

const codeBody = object({ ...organisationMembers, username: text() });
const initBody = object({ ...organisationMembers, username: optional(text()), loginCode: optional(text()) });
const loginBody = object(signedChallengeMembers);
type LoginBody = ValueOf<typeof loginBody>;

/** Of a login without a username. Only a passkey finds its user. */
const NOBODY = { userId: '', username: '', generation: 0 };

/** The logins of people: a challenge, its signature, and codes for keys with a password (dfns-api 9.3). */
@Controller('auth/login')
export class LoginController {
  /** `user` is missing in a login without a username. */
  readonly #challenges: OpenChallenges<{ user?: User }>;

  constructor(
    private readonly config: SandboxConfig,
    private readonly users: UserStore,
    private readonly tokens: TokenIssuer,
    private readonly codes: MailedCodes,
    private readonly assertions: AssertionVerifier,
  ) {
    this.#challenges = new OpenChallenges(config, tokens);
  }

  @Post('code')
  @Anonymous()
  sendCode(@JsonBody(codeBody) body: ValueOf<typeof codeBody>) {
    assertOrganisation(body, this.config.orgId);
    this.codes.send('login', this.#person(body.username));
    return { message: 'success' };
  }

  @Post('init')
  @Anonymous()
  init(@JsonBody(initBody) body: ValueOf<typeof initBody>) {
    const { username, loginCode } = body;
    assertOrganisation(body, this.config.orgId);
    const user = username === undefined ? undefined : this.#person(username);
    if (user && loginCode !== undefined) this.codes.take('login', user, loginCode);
    const isShown = (credential: Credential) =>
      isUsable(credential) && (credential.kind !== 'PasswordProtectedKey' || loginCode !== undefined);
    const opened = this.#challenges.open(user ?? NOBODY, { user });
    return signingChallenge(opened, this.config.relyingParty, user?.credentials.filter(isShown) ?? []);
  }

  @Post()
  @Anonymous()
  async login(@JsonBody(loginBody) body: LoginBody) {
    const { challenge, user: named } = this.#challenges.take(body.challengeIdentifier, () => true);
    const user = personWhoLogsIn(named ?? this.#ownerOfPasskey(body));
    await this.assertions.verifyAll(user, body, challenge);
    if (user.isSSORequired) return { ssoClientId: 'dfns-sandbox' };
    return { token: this.tokens.issue('Token', user, this.config.lifetimes.userTokenMs) };
  }

  #person(username: string): User {
    return personWhoLogsIn(this.users.byUsername(username));
  }

  #ownerOfPasskey({ firstFactor }: LoginBody): User {
    const { credId } = firstFactor.credentialAssertion;
    const owner = firstFactor.kind === 'Fido2' ? this.users.byCredential(credId) : undefined;
    if (!owner) throw noUsableCredential();
    return owner;
  }
}
