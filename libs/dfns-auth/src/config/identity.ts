import type { CredentialSigner } from '../credentials/credential-signer.js';
import { KeySigner } from '../credentials/key-signer.js';
import { readTokenClaims } from '../credentials/token-claims.js';
import { isSigner } from './concealed-options.js';
import type { OptionProblems } from './option-problems.js';
import { type CheckContext, OPTIONS } from './option-table.js';
import type { KeyCredentialOptions, Secret, ServiceAccountOptions } from './options.js';
import { SECRET_NOT_FETCHED, secretText } from './secret-text.js';

const TOKEN = 'serviceAccount.authToken';
const CREDENTIAL = 'serviceAccount.credential';
const CRED_ID = `${CREDENTIAL}.credId` as const;
const PRIVATE_KEY = `${CREDENTIAL}.privateKey` as const;
const PASSPHRASE = `${CREDENTIAL}.passphrase` as const;

type SecretPath = typeof TOKEN | `${typeof CREDENTIAL}.${keyof KeyCredentialOptions}`;
/** What the options give now. A member whose function failed is missing. */
type Texts = ReadonlyMap<SecretPath, unknown>;

/** What the service account shows to Dfns. A changed token or key makes another identity. */
export interface Identity {
  readonly token: string;
  readonly signer: CredentialSigner;
  /** The organisation that the token names. */
  readonly orgId?: string;
  /** When the token ends, in milliseconds since 1970, if it says so. */
  readonly endsAt?: number;
  /** What it was made of, to notice a change. */
  readonly texts: Texts;
}

/**
 * Asks all functions that are given for secrets, and checks what they give.
 *
 * @param problems hears what is wrong; then there is no identity
 * @param previous the result if nothing has changed
 */
export async function readIdentity(
  account: Partial<ServiceAccountOptions>,
  context: CheckContext,
  problems: OptionProblems,
  previous?: Identity,
): Promise<Identity | undefined> {
  const { credential } = account;
  if (!credential) problems.add(CREDENTIAL, 'is missing: give { credId, privateKey } or a signer');
  const texts = await textsOf(secretsOf(account), problems);
  if (previous && [...previous.texts].every(([path, text]) => texts.get(path) === text)) return previous;
  const passphrase = texts.get(PASSPHRASE) as string | undefined;
  for (const [path, text] of texts) {
    if (path !== PASSPHRASE || text !== undefined) {
      problems.add(path, OPTIONS[path].check?.(text, { ...context, passphrase }));
    }
  }
  if (!problems.isEmpty) return undefined;
  const key = { credId: texts.get(CRED_ID) as string, privateKey: texts.get(PRIVATE_KEY) as string, passphrase };
  const signer = credential && isSigner(credential) ? credential : new KeySigner(key);
  const token = texts.get(TOKEN) as string;
  const { orgId, expiresAt } = readTokenClaims(token) ?? {};
  return { token, signer, orgId, endsAt: expiresAt === undefined ? undefined : expiresAt * 1_000, texts };
}

/** Whether an option is a function, so that it may give something else when it is asked again. */
export function hasFunctions(account: ServiceAccountOptions): boolean {
  return [...secretsOf(account).values()].some((secret) => typeof secret === 'function');
}

function secretsOf({ authToken, credential }: Partial<ServiceAccountOptions>): Map<SecretPath, Secret | undefined> {
  const secrets = new Map<SecretPath, Secret | undefined>();
  if (credential && !isSigner(credential)) {
    secrets.set(CRED_ID, credential.credId);
    secrets.set(PRIVATE_KEY, credential.privateKey);
    secrets.set(PASSPHRASE, credential.passphrase);
  }
  return secrets.set(TOKEN, authToken);
}

async function textsOf(secrets: Map<SecretPath, Secret | undefined>, problems: OptionProblems): Promise<Texts> {
  const fetched = await Promise.all(
    [...secrets].map(async ([path, secret]): Promise<[SecretPath, unknown][]> => {
      try {
        return [[path, await secretText(secret)]];
      } catch {
        problems.add(path, SECRET_NOT_FETCHED);
        return [];
      }
    }),
  );
  return new Map(fetched.flat());
}
