import type {
  PublicCredentialChallenge,
  PublicRecoveryChallenge,
  PublicRegistrationChallenge,
} from '#library/ceremonies/public-challenges.js';
import type { RecoveryKeyCredentialDto, RegistrationCredentialsDto } from '#library/dto/credentials.dto.js';
import type { RecoverUserDto } from '#library/dto/recovery.dto.js';
import { base64url, der, fromBase64url, hex, pem, utf8 } from './bytes.js';
import { assertSupported, DfnsBrowserError } from './errors.js';

/*
 * A recovery key is a key pair that is made here. A code that only the person knows encrypts its private half, and Dfns
 * keeps it in that form (dfns-api 8.10): neither Dfns nor your server can use it.
 */

const KEY = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' };
const PBKDF2_ITERATIONS = 600_000;
/** Neither 0 and O nor 1 and I, which look alike. The length divides 256, so that all characters are equally likely. */
const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));

/** A recovery key whose private half is open. */
export interface OpenRecoveryKey {
  credId: string;
  privateKey: CryptoKey;
}

/** A new recovery key, as `RegistrationCredentialsDto` and `NewCredentialDto` have it. */
export type NewRecoveryKey = RecoveryKeyCredentialDto & { credentialName: string };

/** A new recovery code of 120 random bits: six groups of four characters, such as `7K3M-…`. */
export function newRecoveryCode(): string {
  const characters = Array.from(random(24), (byte) => ALPHABET[byte % ALPHABET.length]);
  return characters.join('').replace(/.{4}(?=.)/g, '$&-');
}

/**
 * Makes a recovery key that only `code` opens. Case, spaces and dashes of the code do not count.
 *
 * @throws DfnsBrowserError `PASSKEY_UNSUPPORTED` if the page was not loaded over https
 */
export async function createRecoveryKey(
  challenge: PublicRegistrationChallenge | PublicCredentialChallenge,
  code: string,
): Promise<NewRecoveryKey> {
  assertSupported();
  const { publicKey, privateKey } = await crypto.subtle.generateKey(KEY, true, ['sign', 'verify']);
  const publicPem = pem(await crypto.subtle.exportKey('spki', publicKey));
  const clientData = JSON.stringify({ challenge: challenge.challenge, type: 'key.create' });
  const clientDataHash = hex(await crypto.subtle.digest('SHA-256', utf8(clientData)));
  const signature = hex(await sign(privateKey, JSON.stringify({ clientDataHash, publicKey: publicPem })));
  return {
    credentialKind: 'RecoveryKey',
    credentialInfo: {
      credId: base64url(random(32)),
      clientData: base64url(utf8(clientData)),
      attestationData: base64url(utf8(JSON.stringify({ publicKey: publicPem, signature }))),
    },
    encryptedPrivateKey: await encrypted(privateKey, code),
    credentialName: 'Recovery code',
  };
}

/**
 * Opens the recovery key of a challenge. Use it to check a code before anything else happens.
 *
 * @throws DfnsBrowserError `RECOVERY_CODE_WRONG`, `RECOVERY_KEY_MISSING`, `PASSKEY_UNSUPPORTED`
 */
export async function openRecoveryKey(challenge: PublicRecoveryChallenge, code: string): Promise<OpenRecoveryKey> {
  assertSupported();
  const [kept] = challenge.allowedRecoveryCredentials;
  if (!kept?.encryptedRecoveryKey) throw new DfnsBrowserError('RECOVERY_KEY_MISSING', 'Dfns keeps no recovery key');
  const { salt, iv, key } = JSON.parse(kept.encryptedRecoveryKey);
  const wrappingKey = await deriveKey(code, fromBase64url(salt));
  const aes = { name: 'AES-GCM', iv: fromBase64url(iv) };
  try {
    const privateKey = await crypto.subtle.unwrapKey('pkcs8', fromBase64url(key), wrappingKey, aes, KEY, false, [
      'sign',
    ]);
    return { credId: kept.id, privateKey };
  } catch (error) {
    throw new DfnsBrowserError('RECOVERY_CODE_WRONG', 'the code does not open the recovery key', error);
  }
}

/** Approves new credentials with a recovery key. Their text is signed, so send them unchanged (dfns-api 8.11). */
export async function signRecovery(
  { credId, privateKey }: OpenRecoveryKey,
  newCredentials: RegistrationCredentialsDto,
): Promise<RecoverUserDto> {
  const challenge = base64url(utf8(JSON.stringify(newCredentials)));
  const clientData = JSON.stringify({ type: 'key.get', challenge });
  const signature = base64url(await sign(privateKey, clientData));
  const credentialAssertion = { credId, clientData: base64url(utf8(clientData)), signature };
  return { recovery: { kind: 'RecoveryKey', credentialAssertion }, newCredentials };
}

async function sign(privateKey: CryptoKey, text: string): Promise<Uint8Array> {
  return der(await crypto.subtle.sign(SIGNATURE, privateKey, utf8(text)));
}

async function encrypted(privateKey: CryptoKey, code: string): Promise<string> {
  const [salt, iv] = [random(16), random(12)];
  const wrappingKey = await deriveKey(code, salt);
  const key = await crypto.subtle.wrapKey('pkcs8', privateKey, wrappingKey, { name: 'AES-GCM', iv });
  return JSON.stringify({ salt: base64url(salt), iv: base64url(iv), key: base64url(key) });
}

async function deriveKey(code: string, salt: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const secret = utf8(code.toUpperCase().replace(/[^0-9A-Z]/g, ''));
  const material = await crypto.subtle.importKey('raw', secret, 'PBKDF2', false, ['deriveKey']);
  const pbkdf2 = { name: 'PBKDF2', hash: 'SHA-256', iterations: PBKDF2_ITERATIONS, salt };
  return crypto.subtle.deriveKey(pbkdf2, material, { name: 'AES-GCM', length: 256 }, false, ['wrapKey', 'unwrapKey']);
}
