import { Controller, Post } from '@nestjs/common';
import { Access } from '../access/access-rule.js';
import { type Caller, CurrentCaller } from '../access/caller.js';
import { JsonBody } from '../bodies/json-body.decorator.js';
import { list, object, optional, text, type ValueOf } from '../bodies/shape.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { Enrolment, registrationResult } from '../enrolment/enrolment.js';
import { type NewCredentials, newCredentialsMembers } from '../enrolment/new-credential.js';
import { TemporarySessions } from '../enrolment/temporary-sessions.js';
import { forbidden } from '../errors/refusals.js';
import { UserStore } from '../identities/user-store.js';
import { TokenIssuer } from '../tokens/token-issuer.js';
import { network } from '../wallets/networks.js';
import { WalletStore, walletAnswer } from '../wallets/wallet-store.js';

const registrationBody = object(newCredentialsMembers);
const endUserBody = object({
  ...newCredentialsMembers,
  wallets: list(object({ network: network(), name: optional(text({ max: 100 })) })),
});

/** Completes a registration. The bearer is the temporary token, and no user action is needed (dfns-api 10.3, 10.4). */
@Controller('auth/registration')
export class RegistrationController {
  constructor(
    private readonly config: SandboxConfig,
    private readonly sessions: TemporarySessions,
    private readonly enrolment: Enrolment,
    private readonly users: UserStore,
    private readonly wallets: WalletStore,
    private readonly tokens: TokenIssuer,
  ) {}

  @Post()
  @Access({ callers: ['RegistrationSession'] })
  register(@CurrentCaller() caller: Caller, @JsonBody(registrationBody) body: ValueOf<typeof registrationBody>) {
    return this.#complete(caller, body);
  }

  /** Also makes delegated wallets and returns a user token. */
  @Post('enduser')
  @Access({ callers: ['RegistrationSession'] })
  async registerEndUser(@CurrentCaller() caller: Caller, @JsonBody(endUserBody) body: ValueOf<typeof endUserBody>) {
    const { kind, userId } = caller.user;
    if (kind !== 'EndUser') throw forbidden(kind, userId, '/auth/registration/enduser');
    const result = await this.#complete(caller, body);
    const wallets = body.wallets.map((wallet) => walletAnswer(this.wallets.create({ ...wallet, delegateTo: userId })));
    const token = this.tokens.issue('Token', caller.user, this.config.lifetimes.userTokenMs);
    return { ...result, authentication: { token }, wallets };
  }

  async #complete(caller: Caller, credentials: NewCredentials) {
    const { user } = caller;
    const { challenge } = this.sessions.find(caller);
    const verified = await this.enrolment.verifyAll(credentials, challenge);
    this.sessions.complete(caller, () => this.users.setCredentials(user, verified));
    user.isRegistered = true;
    return registrationResult(user, verified[0], this.config.orgId);
  }
}
