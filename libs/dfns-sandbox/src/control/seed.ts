import { createPrivateKey, createPublicKey } from 'node:crypto';
import { described, list, object, oneOf, optional, satisfying, text, type ValueOf } from '../bodies/shape.js';
import { network } from '../wallets/networks.js';
import { userMembers } from './sections/user-sections.js';

const privateKey = described(
  'PKCS#8 PEM. The sandbox keeps it only to print it.',
  optional(satisfying<string>('the PEM of a private key', isPrivateKey, { type: 'string' })),
);
const credential = optional(object({ publicKey: optional(text()), privateKey, credId: optional(text()) }));
const permissions = optional(list(text()));

/** The content of a seed file. All members are optional. */
export const seedBody = object({
  $schema: optional(text()),
  users: described('End users and employees.', optional(list(object({ ...userMembers, credential })))),
  serviceAccounts: described(
    'Back ends. Without this list there is one.',
    optional(
      list(
        object({
          name: optional(text()),
          publicKey: optional(text()),
          privateKey,
          credId: optional(text()),
          permissions,
          externalId: optional(text()),
        }),
      ),
    ),
  ),
  keys: described(
    'Keys of wallets.',
    optional(
      list(
        object({
          id: described('Wallets of this file name the key by it.', text()),
          curve: oneOf('secp256k1', 'ed25519'),
          privateKey,
          delegateTo: described('The username of an end user.', optional(text())),
        }),
      ),
    ),
  ),
  wallets: described(
    'Wallets.',
    optional(
      list(
        object({
          id: optional(text()),
          network: network(),
          name: optional(text()),
          externalId: optional(text()),
          tags: optional(list(text(), 10)),
          delegateTo: described('The username of an end user.', optional(text())),
          keyId: described('The id of a key of this file. By default the wallet gets a new key.', optional(text())),
        }),
      ),
    ),
  ),
});
/** What a sandbox has from the start: the content of a seed file. */
export type Seed = ValueOf<typeof seedBody>;

/** The JSON Schema of a seed file. */
export const seedSchema = () => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Seed of the Dfns sandbox',
  description: 'Users, service accounts, keys and wallets that the sandbox has from the start.',
  ...seedBody.schema,
});

/** Checks the content of a seed file. @throws Error that names every wrong member */
export function expectSeed(content: unknown): Seed {
  const problems = seedBody.problems(content, 'seed');
  if (problems.length > 0) throw new Error(problems.join('; '));
  return content as Seed;
}

/** The public key of a private one, both PEM. */
export const publicKeyOf = (pem: string) =>
  createPublicKey(createPrivateKey(pem)).export({ type: 'spki', format: 'pem' }).toString();

function isPrivateKey(pem: unknown): boolean {
  try {
    createPrivateKey(String(pem));
    return true;
  } catch {
    return false;
  }
}
