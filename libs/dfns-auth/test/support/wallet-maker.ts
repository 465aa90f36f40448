import type { DfnsSandbox } from 'dfns-sandbox';
import { type DelegatedCeremonies, KeySigner } from 'nestjs-dfns-auth';
import { failureOf } from './failure-of.js';

/** Answers a challenge on a replica: with `ok` or the code of the error. */
export type Answer = (on: DelegatedCeremonies) => Promise<string>;

/** A user with a key, who begins the creation of a wallet on one replica and answers the challenge on any. */
export class WalletMaker {
  readonly #signer: KeySigner;

  private constructor(
    readonly username: string,
    credId: string,
    privateKey: string,
  ) {
    this.#signer = new KeySigner({ credId, privateKey });
  }

  /** Creates users with the names `lovelace-0`, `lovelace-1`, … */
  static create(sandbox: DfnsSandbox, count: number): WalletMaker[] {
    return Array.from({ length: count }, (_, i) => {
      const username = `lovelace-${i}`;
      const { credId = '', privateKey = '' } = sandbox.createUser({ username });
      return new WalletMaker(username, credId, privateKey);
    });
  }

  /** Begins a ceremony. Its answer may be given more than once. */
  async begin(on: DelegatedCeremonies): Promise<Answer> {
    const { username } = this;
    const body = { network: 'Solana', name: username };
    const { ceremonyId, challenge } = await on.beginAction(username, { method: 'POST', path: '/wallets', body });
    const assertion = await this.#signer.sign({ ...challenge, challengeIdentifier: '' });
    return async (there) => (await failureOf(there.finishAction(username, ceremonyId, assertion)))?.code ?? 'ok';
  }
}
