import type { INestApplicationContext } from '@nestjs/common';
import type { CreatedUser } from 'dfns-sandbox';
import { type CallOptions, DelegatedAuthService, DelegatedCeremonies, KeySigner } from 'nestjs-dfns-auth';

/** The three kinds of calls. They differ in who makes them and in what the library may send again. */
export const CALLS = ['login', 'registration', 'user-signed action'] as const;
export type CallName = (typeof CALLS)[number];

/** The three requests of each call. */
export const STEPS = ['init', 'exchange', 'call'] as const;
export type StepName = (typeof STEPS)[number];

const LAST_OPERATIONS: Record<CallName, string> = {
  login: 'POST /auth/login/delegated',
  registration: 'POST /auth/registration/delegated',
  'user-signed action': 'POST /wallets',
};

/** Returns `METHOD /path` of a step. */
export function operationOf(call: CallName, step: StepName): string {
  return { init: 'POST /auth/action/init', exchange: 'POST /auth/action', call: LAST_OPERATIONS[call] }[step];
}

/** Makes calls to Dfns in the same way as an application. */
export class UpstreamCalls {
  readonly #context: INestApplicationContext;
  readonly #user: CreatedUser;
  #registrations = 0;

  constructor(context: INestApplicationContext, user: CreatedUser) {
    this.#context = context;
    this.#user = user;
  }

  /** Makes one call. The options apply to a login and a registration. */
  run(call: CallName, options: CallOptions = {}): Promise<unknown> {
    if (call === 'login') return this.#auth.login({ username: this.#user.username }, options);
    return call === 'registration' ? this.#register(options) : this.#act();
  }

  get #auth(): DelegatedAuthService {
    return this.#context.get(DelegatedAuthService);
  }

  #register(options: CallOptions): Promise<unknown> {
    this.#registrations += 1;
    const email = `new-${process.hrtime.bigint()}-${this.#registrations}`;
    return this.#auth.createRegistrationChallenge({ email, kind: 'EndUser' }, options);
  }

  /** Gets a challenge for the user, signs it as the browser of the user does, and sends the write that the user signed. */
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
