import { parseObject } from '../bodies/json-text.js';
import type { RelyingParty } from '../configuration/sandbox-config.js';

/** Decodes base64url, with or without padding (dfns-api 20.16). @throws Error for any other text */
export function decodeBase64url(text: string): Buffer {
  if (!/^[\w-]+={0,2}$/.test(text)) throw new Error('not base64url');
  return Buffer.from(text, 'base64url');
}

export const encodeBase64url = (text: string) => Buffer.from(text).toString('base64url');

type ClientDataType = 'key.create' | 'key.get';

/** The bytes of client data, and the members that matter (dfns-api 8.5). */
export interface ClientData {
  bytes: Buffer;
  type: string;
  challenge: string;
  /** It is empty if the client data has no origin. Keys need no origin (dfns-api 21.21). */
  origin: string;
}

/** Reads client data: base64url of a JSON object, with its members in any order. @throws Error for any other text */
export function parseClientData(encoded: string): ClientData {
  const bytes = decodeBase64url(encoded);
  const { type, challenge, origin } = parseObject(bytes.toString('utf8'));
  if (typeof type !== 'string' || typeof challenge !== 'string') {
    throw new Error('clientData must have a type and a challenge');
  }
  return { bytes, type, challenge, origin: typeof origin === 'string' ? origin : '' };
}

/** Reads client data, and checks its type and its challenge. @throws Error with the reason */
export function expectClientData(encoded: string, type: ClientDataType, challenge: string): ClientData {
  const clientData = parseClientData(encoded);
  if (clientData.type !== type) throw new Error(`clientData.type must be ${type}`);
  if (!answersChallenge(clientData.challenge, challenge)) {
    throw new Error('clientData.challenge is not the challenge that was issued');
  }
  return clientData;
}

/** Some clients encode the challenge once more as base64url, others do not. Both forms are accepted. */
export function answersChallenge(answer: string, challenge: string): boolean {
  return answer === challenge || answer === encodeBase64url(challenge);
}

/** Checks that a passkey may be used on this origin. @throws Error if not */
export function expectAllowedOrigin(relyingParty: RelyingParty, origin: string): void {
  if (!isAllowed(relyingParty, origin)) throw new Error(`origin ${origin} is not allowed`);
}

function isAllowed({ id, origins }: RelyingParty, origin: string): boolean {
  if (origins) return origins.includes(origin);
  if (!URL.canParse(origin)) return false;
  const { hostname } = new URL(origin);
  return hostname === id || hostname.endsWith(`.${id}`);
}
