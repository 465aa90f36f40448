import { Injectable } from '@nestjs/common';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { Schedule } from '../configuration/schedule.js';
import { Refusal } from '../errors/refusals.js';
import { FaultPlan } from '../faults/fault-plan.js';
import { type User, UserStore } from '../identities/user-store.js';
import { CallJournal } from '../journal/call-journal.js';
import { RequestLog } from '../server/request-log.js';
import { KeptState } from '../state/kept-state.js';
import { TokenIssuer } from '../tokens/token-issuer.js';
import { type WalletRequest, WalletStore, walletAnswer } from '../wallets/wallet-store.js';

/** What tests and people do to the organisation without a request to Dfns. */
@Injectable()
export class Organisation {
  constructor(
    private readonly config: SandboxConfig,
    private readonly users: UserStore,
    private readonly tokens: TokenIssuer,
    private readonly wallets: WalletStore,
    private readonly faults: FaultPlan,
    private readonly journal: CallJournal,
    private readonly log: RequestLog,
    private readonly schedule: Schedule,
    private readonly state: KeptState,
  ) {
    state.keep('clock', config.clock.added);
  }

  /** @throws Refusal 404 */
  user(username: string): User {
    const user = this.users.byUsername(username);
    if (!user) throw new Refusal(404, `There is no user ${username}`);
    return user;
  }

  /** Deactivates a user. All tokens of the user end immediately. @throws Refusal 404 */
  deactivateUser(username: string): void {
    this.users.deactivate(this.user(username));
  }

  /** Activates a user. The tokens that ended stay ended. @throws Refusal 404 */
  activateUser(username: string): void {
    this.user(username).isActive = true;
  }

  /** Makes a user token without a login. @throws Refusal 404 */
  issueUserToken(username: string): string {
    return this.tokens.issue('Token', this.user(username), this.config.lifetimes.userTokenMs);
  }

  /** @param request `delegateTo` is a user id or a username */
  createWallet(request: Pick<WalletRequest, 'network' | 'name' | 'delegateTo'>) {
    const delegateTo = request.delegateTo && (this.users.byUsername(request.delegateTo)?.userId ?? request.delegateTo);
    return walletAnswer(this.wallets.create({ ...request, delegateTo }));
  }

  /** Goes back to the moment after the start: forgets everything that came later, and all faults. */
  reset(): void {
    this.state.reset();
    this.schedule.planAgain();
    this.faults.clear();
    this.journal.clear();
    this.log.clear();
  }
}
