import { inspect } from 'node:util';
import type { CredentialSigner } from '../credentials/credential-signer.js';
import type { DfnsAuthModuleOptions, KeyCredentialOptions, Secret, ServiceAccountOptions } from './options.js';

/**
 * Returns the same options with concealed secrets: `inspect`, `JSON.stringify` and string templates show no token, key
 * or passphrase. Reading the members works as before.
 */
export function concealOptions(options: DfnsAuthModuleOptions): DfnsAuthModuleOptions {
  if (!options?.serviceAccount) return options;
  return { ...options, serviceAccount: new ConcealedServiceAccount(options.serviceAccount) };
}

class ConcealedServiceAccount implements ServiceAccountOptions {
  readonly #authToken: Secret;
  readonly #credential: KeyCredentialOptions | CredentialSigner;

  constructor({ authToken, credential }: ServiceAccountOptions) {
    this.#authToken = authToken;
    this.#credential = isSigner(credential) || !credential ? credential : new ConcealedKeyCredential(credential);
  }

  get authToken(): Secret {
    return this.#authToken;
  }

  get credential(): KeyCredentialOptions | CredentialSigner {
    return this.#credential;
  }

  /** Needed because `inspect` calls getters if its option `getters` is set. */
  [inspect.custom](): string {
    return '[concealed]';
  }
}

class ConcealedKeyCredential implements KeyCredentialOptions {
  readonly credId: string;
  readonly #privateKey: Secret;
  readonly #passphrase: string | undefined;

  constructor({ credId, privateKey, passphrase }: KeyCredentialOptions) {
    this.credId = credId;
    this.#privateKey = privateKey;
    this.#passphrase = passphrase;
  }

  get privateKey(): Secret {
    return this.#privateKey;
  }

  get passphrase(): string | undefined {
    return this.#passphrase;
  }

  [inspect.custom](): string {
    return '[concealed]';
  }
}

/** Whether this is a signer, and not a key given as text. */
export function isSigner(credential: KeyCredentialOptions | CredentialSigner): credential is CredentialSigner {
  return typeof (credential as CredentialSigner | undefined)?.sign === 'function';
}
