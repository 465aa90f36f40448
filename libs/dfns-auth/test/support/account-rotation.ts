import { createPublicKey } from 'node:crypto';
import type { CreatedServiceAccount, DfnsSandbox, ServiceAccountRequest, User } from 'dfns-sandbox';
import { newKey } from './person-keys.js';
import { usernameOf } from './token-claims.js';

/** A service account that a test replaces by another one, as an operator does who rotates its token and its key. */
export class AccountRotation {
  readonly #sandbox: DfnsSandbox;
  /** What the secret manager of the operator holds now. */
  current: Required<CreatedServiceAccount>;
  /** The functions of the options that were called, by name. */
  readonly asked: string[] = [];

  constructor(sandbox: DfnsSandbox) {
    this.#sandbox = sandbox;
    this.current = this.#create();
  }

  /** A function for an option; it gives what the secret manager holds. */
  readonly given = (name: 'authToken' | 'credId' | 'privateKey') => async (): Promise<string> => {
    this.asked.push(name);
    return this.current[name];
  };

  /** Makes another account, and ends the account before it. */
  rotate(request?: ServiceAccountRequest): void {
    this.end();
    this.replace(request);
  }

  /** Makes another account. The account before it stays valid. */
  replace(request?: ServiceAccountRequest): void {
    this.current = this.#create(request);
  }

  /** Replaces the key of the account, and keeps its token. */
  rotateKey(): void {
    const { credId, privateKey } = newKey(`key ${this.asked.length} ${process.hrtime.bigint()}`);
    const user = this.#sandbox.user(usernameOf(this.current.authToken) as string) as User;
    const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }) as string;
    user.credentials = user.credentials.map((credential) => ({ ...credential, credId, publicKey }));
    this.current = { ...this.current, credId, privateKey };
  }

  /** Ends the account at Dfns. The secret manager still holds it. */
  end(): void {
    this.#sandbox.deactivateUser(usernameOf(this.current.authToken) as string);
  }

  #create(request: ServiceAccountRequest = {}): Required<CreatedServiceAccount> {
    return this.#sandbox.createServiceAccount(request) as Required<CreatedServiceAccount>;
  }
}
