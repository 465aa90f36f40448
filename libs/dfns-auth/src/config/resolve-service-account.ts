import type { CredentialSigner } from '../credentials/credential-signer.js';
import { KeySigner } from '../credentials/key.signer.js';
import type { Clock } from './clock.js';
import type { DfnsAuthModuleOptions, Secret, ServiceAccountOptions } from './dfns-auth-options.js';
import { authTokenProblem, credIdProblem, privateKeyProblem } from './option-checks.js';
import { OptionProblems } from './option-problems.js';
import { isSigner } from './sealed-options.js';

/** Milliseconds that a function given for a secret may take. */
const SECRET_TIMEOUT_MS = 10_000;

/** The signer of the service account: the one given, or one around the key given. */
export async function resolveSigner(
  account: ServiceAccountOptions | undefined,
  problems: OptionProblems,
): Promise<CredentialSigner | undefined> {
  const path = 'serviceAccount.credential';
  const credential = account?.credential;
  if (!credential) {
    problems.add(path, 'is missing: give { credId, privateKey } or a signer');
    return undefined;
  }
  if (isSigner(credential)) return credential;
  const { credId, passphrase } = credential;
  problems.add(`${path}.credId`, credIdProblem(credId));
  const privateKey = await fetchSecret(credential.privateKey, `${path}.privateKey`, problems);
  if (privateKey === undefined) return undefined;
  const problem = privateKeyProblem(privateKey, passphrase);
  problems.add(`${path}.privateKey`, problem);
  return problem === undefined ? new KeySigner({ credId, privateKey, passphrase }) : undefined;
}

/** How to get the token of the service account. It is fetched and checked now, and again at each use if it is a function. */
export async function resolveAuthToken(
  { serviceAccount, orgId }: Partial<DfnsAuthModuleOptions>,
  now: Clock,
  problems: OptionProblems,
): Promise<() => Promise<string>> {
  const path = 'serviceAccount.authToken';
  const secret = serviceAccount?.authToken ?? '';
  const check = async (found: OptionProblems): Promise<string> => {
    const token = await fetchSecret(secret, path, found);
    if (token !== undefined) found.add(path, authTokenProblem(token, orgId, now()));
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
