import type { RelyingParty } from '../configuration/sandbox-options.js';

/** May a passkey be used on this origin? */
export function allowsOrigin(relyingParty: RelyingParty, origin: string): boolean {
  if (relyingParty.origins) return relyingParty.origins.includes(origin);
  if (!URL.canParse(origin)) return false;
  const { hostname } = new URL(origin);
  return hostname === relyingParty.id || hostname.endsWith(`.${relyingParty.id}`);
}
