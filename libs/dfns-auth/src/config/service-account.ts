import type { CredentialSigner } from '../credentials/credential-signer.js';
import { KeySigner } from '../credentials/key-signer.js';
import { isSigner } from './concealed-options.js';
import { OPTIONS, OptionProblems } from './option-table.js';
import type { DfnsAuthModuleOptions, Secret, ServiceAccountOptions } from './options.js';

/** Milliseconds that a function given for a secret may take. */
const SECRET_TIMEOUT_MS = 10_000;

const TOKEN = 'serviceAccount.authToken';
const CREDENTIAL = 'serviceAccount.credential';
const CRED_ID = `${CREDENTIAL}.credId` as const;
const PRIVATE_KEY = `${CREDENTIAL}.privateKey` as const;

/** The signer of the service account: the given one, or a `KeySigner` for the given key. */
export async function resolveSigner(
  account: ServiceAccountOptions | undefined,
  now: () => number,
  problems: OptionProblems,
): Promise<CredentialSigner | undefined> {
  const credential = account?.credential;
  if (!credential) {
    problems.add(CREDENTIAL, 'is missing: give { credId, privateKey } or a signer');
    return undefined;
  }
  if (isSigner(credential)) return credential;
  const { credId, passphrase } = credential;
  const context = { passphrase, now: now() };
  problems.add(CRED_ID, OPTIONS[CRED_ID].check?.(credId, context));
  const privateKey = await fetchSecret(credential.privateKey, PRIVATE_KEY, problems);
  if (privateKey === undefined) return undefined;
  const problem = OPTIONS[PRIVATE_KEY].check?.(privateKey, context);
  problems.add(PRIVATE_KEY, problem);
  return problem === undefined ? new KeySigner({ credId, privateKey, passphrase }) : undefined;
}

/**
 * Fetches and checks the token of the service account. If the option is a function, the result of this function fetches
 * and checks the token again at each use; otherwise it returns the same token.
 */
export async function resolveAuthToken(
  { serviceAccount, orgId }: Partial<DfnsAuthModuleOptions>,
  now: () => number,
  problems: OptionProblems,
): Promise<() => Promise<string>> {
  const secret = serviceAccount?.authToken ?? '';
  const check = async (found: OptionProblems): Promise<string> => {
    const token = await fetchSecret(secret, TOKEN, found);
    if (token !== undefined) found.add(TOKEN, OPTIONS[TOKEN].check?.(token, { orgId, now: now() }));
    return token ?? '';
  };
  const atStart = await check(problems);
  if (typeof secret !== 'function') return async () => atStart;
  return async () => {
    const found = new OptionProblems();
    const token = await check(found);
    found.throwIfAny();
    return token;
  };
}

async function fetchSecret(secret: Secret, path: string, problems: OptionProblems): Promise<string | undefined> {
  if (typeof secret !== 'function') return secret ?? '';
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(reject, SECRET_TIMEOUT_MS);
  });
  try {
    return await Promise.race([secret(), tooLate]);
  } catch {
    problems.add(path, `could not be fetched: the function given for it threw or took over ${SECRET_TIMEOUT_MS} ms`);
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
