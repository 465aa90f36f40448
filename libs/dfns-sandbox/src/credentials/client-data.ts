import { parseObject } from '../bodies/parse-object.js';
import { decodeBase64url, encodeBase64url } from './base64url.js';

type ClientDataType = 'key.create' | 'key.get';

/** Client data as transmitted, and what it says (spec 9.4). */
export interface ClientData {
  bytes: Buffer;
  type: string;
  challenge: string;
  /** Empty when it is not said; keys need none (spec 17, row 24). */
  origin: string;
}

/** Reads base64url of a JSON object in any member order. @throws Error for anything else */
export function parseClientData(encoded: string): ClientData {
  const bytes = decodeBase64url(encoded);
  const { type, challenge, origin } = parseObject(bytes.toString('utf8'));
  if (typeof type !== 'string' || typeof challenge !== 'string') {
    throw new Error('clientData must have a type and a challenge');
  }
  return { bytes, type, challenge, origin: typeof origin === 'string' ? origin : '' };
}

/** Reads client data that must be of `type` and answer `challenge`. @throws Error with the reason */
export function expectClientData(encoded: string, type: ClientDataType, challenge: string): ClientData {
  const clientData = parseClientData(encoded);
  if (clientData.type !== type) throw new Error(`clientData.type must be ${type}`);
  if (!answersChallenge(clientData.challenge, challenge)) {
    throw new Error('clientData.challenge is not the challenge that was issued');
  }
  return clientData;
}

/** Writers put the challenge in as it is or base64url encoded once more; both are good. */
export function answersChallenge(answer: string, challenge: string): boolean {
  return answer === challenge || answer === encodeBase64url(challenge);
}
