import { decodeBase64url, encodeBase64url } from './base64url.js';

export type ClientDataType = 'key.create' | 'key.get' | 'webauthn.create' | 'webauthn.get';

/** Client data as transmitted, and what it says (spec 9.4). */
export interface ClientData {
  bytes: Buffer;
  type: string;
  challenge: string;
  origin: string;
}

/** Reads base64url of a JSON object in any member order; nothing when it is anything else. */
export function parseClientData(encoded: string): ClientData | undefined {
  const bytes = decodeBase64url(encoded);
  const json = bytes && parseObject(bytes.toString('utf8'));
  if (!json) return undefined;
  const { type, challenge, origin } = json;
  if (typeof type !== 'string' || typeof challenge !== 'string') return undefined;
  return { bytes, type, challenge, origin: typeof origin === 'string' ? origin : '' };
}

/** Writers put the challenge in as it is or base64url encoded once more; both are good. */
export function answersChallenge(answer: string, challenge: string): boolean {
  return answer === challenge || answer === encodeBase64url(challenge);
}

/** Why this client data is no answer to `challenge`, if so. */
export function clientDataProblem(data: ClientData, type: ClientDataType, challenge: string): string | undefined {
  if (data.type !== type) return `clientData.type must be ${type}`;
  if (!answersChallenge(data.challenge, challenge)) return 'clientData.challenge is not the challenge that was issued';
  return undefined;
}

/** A JSON object, or nothing. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
