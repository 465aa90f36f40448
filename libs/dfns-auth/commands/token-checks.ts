import { readTokenClaims } from '#library/credentials/token-claims.js';
import { foreignText } from './foreign-text.js';
import type { Finding } from './report.js';

const DAY_MS = 86_400_000;
/** Days before the end of the token from which the doctor warns, as the library does. */
const WARNING_DAYS = 14;
const NEW_TOKEN = 'make a new service account with a new key (npx dfns-auth keygen), because Dfns renews no token';

/** Checks what the token itself says: its organisation and its end. */
export function checkClaims(token: string, orgId: string | undefined, now: number): Finding[] {
  const claims = readTokenClaims(token);
  return claims ? [organisationOf(claims.orgId, orgId), endOf(claims.expiresAt, now)] : [];
}

function organisationOf(ofToken: string | undefined, configured: string | undefined): Finding {
  const check = 'organisation';
  if (ofToken === undefined) {
    const fix = 'copy the token again, as Dfns showed it';
    return { check, status: 'failed', message: 'the token does not name an organisation', fix };
  }
  const shown = foreignText(ofToken);
  if (configured === undefined) {
    const fix = `set DFNS_ORG_ID=${shown}; then tokens of any other organisation are refused`;
    return { check, status: 'warning', message: `DFNS_ORG_ID is not set, and the token is of ${shown}`, fix };
  }
  if (configured === ofToken) return { check, status: 'ok', message: `the token and DFNS_ORG_ID name ${shown}` };
  const fix = 'take both from the same organisation, also the key and the URL of its region';
  return { check, status: 'failed', message: `the token is of ${shown}, and DFNS_ORG_ID names another one`, fix };
}

function endOf(expiresAt: number | undefined, now: number): Finding {
  const check = 'token-end';
  const end = new Date((expiresAt ?? Number.NaN) * 1_000);
  if (expiresAt === undefined || Number.isNaN(end.getTime())) {
    return { check, status: 'unknown', message: 'the token does not say when it ends' };
  }
  const days = Math.floor((end.getTime() - now) / DAY_MS);
  const day = end.toISOString().slice(0, 10);
  if (end.getTime() <= now) return { check, status: 'failed', message: `the token ended on ${day}`, fix: NEW_TOKEN };
  const message = `the token ends on ${day}, in ${days} ${days === 1 ? 'day' : 'days'}`;
  return days < WARNING_DAYS ? { check, status: 'warning', message, fix: NEW_TOKEN } : { check, status: 'ok', message };
}
