import type { INestApplicationContext } from '@nestjs/common';
import type { CreatedUser, DfnsSandbox } from 'dfns-sandbox';
import { DfnsClient, KeySigner, type UserAction, type UserActionChallenge } from 'nestjs-dfns-auth';

/** A person of the sandbox who has logged in, and signs with a key of their own. */
export class SigningPerson {
  readonly userToken: string;
  readonly #client: DfnsClient;
  readonly #signer: KeySigner;

  constructor(context: INestApplicationContext, sandbox: DfnsSandbox, { username, credId, privateKey }: CreatedUser) {
    this.userToken = sandbox.issueUserToken(username);
    this.#client = context.get(DfnsClient);
    this.#signer = new KeySigner({ credId: credId as string, privateKey: privateKey as string });
  }

  /** Does what a device of the person does: sends both requests of a user action, and signs between them. */
  async sign({ method, path, body }: UserAction): Promise<string> {
    const caller = { userToken: this.userToken };
    const init = {
      userActionPayload: JSON.stringify(body),
      userActionHttpMethod: method,
      userActionHttpPath: path,
    };
    const challenge = await this.#client.request<UserActionChallenge>({
      method: 'POST',
      path: '/auth/action/init',
      body: init,
      caller,
    });
    const { challengeIdentifier } = challenge;
    const answer = { challengeIdentifier, firstFactor: await this.#signer.sign(challenge) };
    const { userAction } = await this.#client.request<{ userAction: string }>({
      method: 'POST',
      path: '/auth/action',
      body: answer,
      caller,
    });
    return userAction;
  }
}
