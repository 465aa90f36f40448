import type { CredentialSigner } from '../credentials/credential-signer.js';
import type { DfnsAuthModuleOptions, KeyCredentialOptions, ServiceAccountOptions, WebhooksOptions } from './options.js';

/**
 * Returns the same options with concealed secrets: `inspect` with any setting, `JSON.stringify` and string templates
 * show no token, key, passphrase or webhook secret, and not the agent, whose connections hold the last headers. Reading
 * the members works as before, except that the secrets of webhooks become functions.
 */
export function concealOptions(options: DfnsAuthModuleOptions): DfnsAuthModuleOptions {
  const { serviceAccount, http, webhooks } = options ?? {};
  if (!serviceAccount && !webhooks) return options;
  return {
    ...options,
    ...(http?.agent && { http: concealed(http) }),
    ...(webhooks && { webhooks: concealSecrets(webhooks) }),
    ...(serviceAccount && { serviceAccount: concealAccount(serviceAccount) }),
  };
}

function concealAccount({ authToken, credential }: ServiceAccountOptions): ServiceAccountOptions {
  const isKey = credential && !isSigner(credential);
  return concealed({ authToken, credential: isKey ? concealed(credential) : credential });
}

/** Functions show no text, and an application can spread the options to add a store. */
function concealSecrets(webhooks: WebhooksOptions): WebhooksOptions {
  const { secrets } = webhooks;
  if (secrets === undefined || secrets === null) return webhooks;
  return { ...webhooks, secrets: [secrets].flat().map((text) => (typeof text === 'string' ? () => text : text)) };
}

/** Has no members, so there is nothing to print. */
class Concealed {}

/**
 * Returns an object that has the members of another one for those who know their names. It is a proxy: `inspect` looks
 * through a proxy at its target, which is empty, but it finds the accessors of a class.
 */
export function concealed<T extends object>(members: T): T {
  const member = (name: string | symbol) => Reflect.get(members, name);
  return new Proxy(new Concealed(), {
    get: (_, name) => member(name),
    has: (_, name) => name in members,
    getOwnPropertyDescriptor: (_, name) =>
      Object.hasOwn(members, name) ? { value: member(name), configurable: true } : undefined,
  }) as T;
}

/** Whether this is a signer, and not a key given as text. */
export function isSigner(credential: KeyCredentialOptions | CredentialSigner): credential is CredentialSigner {
  return typeof (credential as CredentialSigner | undefined)?.sign === 'function';
}
