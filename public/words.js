/* What went wrong, in plain words: what happened, and what to do. */

const WORDS = {
  PASSKEY_CANCELLED:
    'Your passkey was not used: you cancelled, the time was up, or this device has none for this account. Nothing was done. Try again.',
  PASSKEY_UNSUPPORTED: 'This browser or device has no passkeys. Open this page in another browser, or on your phone.',
  PASSKEY_RELYING_PARTY:
    'Passkeys do not work at this address of the page. Open the page at the address that the bank gave you, for example with "localhost".',
  PASSKEY_EXISTS: 'This device has a passkey of this account already. Use that one, or add one on another device.',
  PASSKEY_MISSING:
    'This account has no passkey, so it cannot sign here. Get one with your recovery code, or ask the bank for help.',
  RECOVERY_CODE_WRONG:
    'This is not the recovery code of this account. Nothing was changed. Compare it with what you kept, and try again.',
  RECOVERY_KEY_MISSING: 'This account has no recovery code. Ask the bank for help.',
  OTHER_PERSON:
    'Another person is logged in in this browser now, in another tab. Nothing was done. Log in again to go on, or reload the page to see that account.',
  DFNS_CEREMONY_INVALID:
    'This took too long, or it was answered already, so the request does not count any more. Press the button again.',
  DFNS_USER_ACTION_REJECTED: 'Dfns refused the signature, so nothing was done. Sign again.',
  DFNS_USER_UNAUTHORIZED: 'Dfns ended your session there. Try again: the bank opens a new one.',
  DFNS_USER_EXISTS: 'You have a wallet already. Reload the page.',
  DFNS_USER_DEACTIVATED: 'Your wallet is blocked. Ask the bank for help.',
};

const NOBODY_ANSWERED = ['DFNS_UNAVAILABLE', 'DFNS_TIMEOUT', 'DFNS_MALFORMED_RESPONSE'];
/** Requests after which something may have changed although no answer came. */
const FINAL = /^POST \/(actions|me\/registration|me\/recovery)\/./;

export const isLoggedOut = ({ status, code, request }) => status === 401 && !code && !request.endsWith(' /session');

/** What the person reads for an error. */
export function explain(error) {
  const { code, status, request = '', message } = error;
  if (status === 0) return `The bank's server does not answer. Is it running? ${consequence(error)}`;
  if (status === undefined && !code) return `Something went wrong in this page: ${message}. Try again, or reload it.`;
  if (isLoggedOut({ status, code, request })) return loggedOut(error);
  if (status === 429) return `Too many attempts. Wait ${waitOf(error) ?? 'a minute'}, then try again.`;
  if (code === 'DFNS_RATE_LIMITED') return `Dfns gets too many requests at the moment. ${nothingDone(error)}`;
  if (NOBODY_ANSWERED.includes(code)) return `Dfns does not answer at the moment. ${consequence(error)}`;
  return WORDS[code] || message || 'Something went wrong. Try again.';
}

function loggedOut({ isRestarted }) {
  if (isRestarted) {
    return 'The bank was restarted, and it keeps accounts only in memory. Create your account again; what you typed is still here.';
  }
  return 'You are logged out: you logged out in another tab, or an hour has passed. Log in again; what you typed is still here.';
}

function consequence(error) {
  if (error.isRepeatable) {
    return 'Nobody knows yet whether the money was sent. Press the button again: the same transfer is never made twice.';
  }
  if (!FINAL.test(error.request)) return nothingDone(error);
  return 'Nobody knows yet whether your request was carried out. Look first, before you repeat it.';
}

function nothingDone(error) {
  const tryAgain = `Try again in ${waitOf(error) ?? 'a few seconds'}.`;
  return error.request.startsWith('GET ')
    ? tryAgain
    : `Nothing was done, and what you typed is still here. ${tryAgain}`;
}

function waitOf({ retryAfter }) {
  if (!retryAfter) return undefined;
  return retryAfter === 1 ? 'a second' : `${retryAfter} seconds`;
}
