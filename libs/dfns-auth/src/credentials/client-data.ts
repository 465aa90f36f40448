/** Types of client data for key credentials (spec 9.4). */
export type KeyClientDataType = 'key.get' | 'key.create';

/**
 * The text that a key credential signs. `key.get` is written as the official signers write it; `key.create` with its
 * members in alphabetical order, as the documents demand.
 */
export function keyClientData(type: KeyClientDataType, challenge: string): Buffer {
  return Buffer.from(JSON.stringify(type === 'key.get' ? { type, challenge } : { challenge, type }));
}
