import type { RelyingParty } from '../configuration/sandbox-options.js';

/** May a passkey be used on this origin? @throws Error if not */
export function expectAllowedOrigin(relyingParty: RelyingParty, origin: string): void {
  if (!isAllowed(relyingParty, origin)) throw new Error(`origin ${origin} is not allowed`);
}

function isAllowed({ id, origins }: RelyingParty, origin: string): boolean {
  if (origins) return origins.includes(origin);
  if (!URL.canParse(origin)) return false;
  const { hostname } = new URL(origin);
  return hostname === id || hostname.endsWith(`.${id}`);
}
