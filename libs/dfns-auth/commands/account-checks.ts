import { DFNS_ERRORS, DfnsApiError, type DfnsError, isDfnsError } from 'nestjs-dfns-auth';
import type { Account } from './account.js';
import { foreignText } from './foreign-text.js';
import type { Finding } from './report.js';

const TOKEN_REFUSED =
  'check that the service account is active, and that DFNS_API_URL is of the region of the organisation; a lost or ended token needs a new account with a new key (npx dfns-auth keygen)';
const KEY_REFUSED =
  'DFNS_PRIVATE_KEY is not the key of this credential: give the private key whose public key the service account was made with';
const CREDENTIAL_REFUSED =
  'copy the credential id (credId) that Dfns shows for the key of the service account that DFNS_AUTH_TOKEN is of';

/** Has the service account sign a real challenge of Dfns: its token gets the challenge, and its key answers it. */
export async function checkSignature(account: Account): Promise<Finding[]> {
  const token: Finding = { check: 'token', status: 'ok', message: 'Dfns accepts the token' };
  try {
    await account.sign();
    return [token, { check: 'key', status: 'ok', message: 'Dfns accepts a signature of the key for this credential' }];
  } catch (error) {
    if (!isDfnsError(error)) throw error;
    if (account.challenge) return [token, { check: 'key', status: 'failed', ...keyFailure(error) }];
    return [
      { check: 'token', status: 'failed', ...tokenFailure(error) },
      { check: 'key', status: 'unknown', message: 'not checked, because Dfns gave no challenge' },
    ];
  }
}

/** Tells the relying party of passkeys, if the challenge named it: Dfns does not promise that (dfns-api 20.9). */
export function checkRelyingParty(account: Account): Finding {
  const check = 'relying-party';
  const { rp } = account.challenge ?? {};
  if (!rp) {
    const fix = 'compare the passkey settings in the Dfns dashboard with the domain of your page';
    return { check, status: 'unknown', message: 'Dfns did not tell it', fix };
  }
  return { check, status: 'ok', message: `passkeys are for ${foreignText(rp.id)}: pages must be on it or below it` };
}

function tokenFailure(error: DfnsError): Pick<Finding, 'message' | 'fix'> {
  const isRefused = ['DFNS_SERVICE_ACCOUNT_REJECTED', 'DFNS_SERVICE_ACCOUNT_FORBIDDEN'].includes(error.code);
  if (!isRefused) return failure(error);
  return { message: `Dfns refuses the token${said(error)}`, fix: TOKEN_REFUSED };
}

function keyFailure(error: DfnsError): Pick<Finding, 'message' | 'fix'> {
  switch (error.code) {
    case 'DFNS_CREDENTIAL_NOT_ALLOWED':
      return { message: 'DFNS_CRED_ID is no credential of this service account', fix: CREDENTIAL_REFUSED };
    case 'DFNS_SERVICE_ACCOUNT_REJECTED':
    case 'DFNS_SERVICE_ACCOUNT_FORBIDDEN':
    case 'DFNS_USER_ACTION_REJECTED':
    case 'DFNS_BAD_REQUEST':
      return { message: `Dfns refuses the signature of the key${said(error)}`, fix: KEY_REFUSED };
    default:
      return failure(error);
  }
}

/** A failure that has nothing to do with the token or the key. */
export function failure(error: DfnsError): Pick<Finding, 'message' | 'fix'> {
  return { message: `${error.code}: ${error.message}${said(error)}`, fix: DFNS_ERRORS[error.code].fix };
}

function said(error: DfnsError): string {
  return error instanceof DfnsApiError && error.upstreamMessage ? `: "${foreignText(error.upstreamMessage)}"` : '';
}
