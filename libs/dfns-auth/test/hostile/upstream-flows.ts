import type { INestApplicationContext } from '@nestjs/common';
import type { CreatedUser } from 'dfns-sandbox';
import { type CallOptions, DelegatedAuthService, DelegatedCeremonies, KeySigner } from 'nestjs-dfns-auth';

/** The three kinds of flow that differ in what may be repeated, and in whose name they are made. */
export const FLOWS = ['login', 'registration', 'user-signed action'] as const;
export type FlowName = (typeof FLOWS)[number];

/** The three requests of every flow. */
export const STEPS = ['init', 'exchange', 'call'] as const;
export type StepName = (typeof STEPS)[number];

const CALLS: Record<FlowName, string> = {
  login: 'POST /auth/login/delegated',
  registration: 'POST /auth/registration/delegated',
  'user-signed action': 'POST /wallets',
};

/** `METHOD /path` of a step. */
export function operationOf(flow: FlowName, step: StepName): string {
  return { init: 'POST /auth/action/init', exchange: 'POST /auth/action', call: CALLS[flow] }[step];
}

/** Runs flows against Dfns the way an application does. */
export class UpstreamFlows {
  readonly #context: INestApplicationContext;
  readonly #user: CreatedUser;
  #registrations = 0;

  constructor(context: INestApplicationContext, user: CreatedUser) {
    this.#context = context;
    this.#user = user;
  }

  /** `options` bound a login and a registration. */
  run(flow: FlowName, options: CallOptions = {}): Promise<unknown> {
    if (flow === 'login') return this.#auth.login({ username: this.#user.username }, options);
    return flow === 'registration' ? this.#register(options) : this.#act();
  }

  get #auth(): DelegatedAuthService {
    return this.#context.get(DelegatedAuthService);
  }

  #register(options: CallOptions): Promise<unknown> {
    this.#registrations += 1;
    const email = `new-${process.hrtime.bigint()}-${this.#registrations}`;
    return this.#auth.createRegistrationChallenge({ email, kind: 'EndUser' }, options);
  }

  /** A challenge for the user, whose token is kept; their signature, as in their browser; the write that they signed. */
  async #act(): Promise<unknown> {
    const { username, credId, privateKey } = this.#user as Required<CreatedUser>;
    const ceremonies = this.#context.get(DelegatedCeremonies);
    const action = { method: 'POST', path: '/wallets', body: { network: 'EthereumSepolia' } } as const;
    await this.#auth.getToken(username);
    const { ceremonyId, challenge } = await ceremonies.beginAction(username, action);
    const assertion = await new KeySigner({ credId, privateKey }).sign(challenge as never);
    return ceremonies.finishAction(username, ceremonyId, { firstFactor: assertion } as never);
  }
}
