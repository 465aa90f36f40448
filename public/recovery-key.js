import { base64url, der, fromBase64url, hex, pem, utf8 } from './encoding.js';

/*
 * A recovery key is a key pair of its own. Its private half is encrypted here, with a code that only the person knows,
 * and Dfns keeps it in that form: neither Dfns nor the server of this page can open it.
 */

const KEY = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' };
const PBKDF2_ITERATIONS = 600_000;
/** No letters or digits that look alike. */
const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';

const random = (length) => crypto.getRandomValues(new Uint8Array(length));

/** A code of 120 random bits, such as `7K3M-…`. */
export function newRecoveryCode() {
  const characters = [...random(24)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
  return characters.match(/.{4}/g).join('-');
}

/** Makes a recovery key that only `code` opens, and signs its registration with it. */
export async function createRecoveryKey(challenge, code) {
  const { publicKey, privateKey } = await crypto.subtle.generateKey(KEY, true, ['sign']);
  const publicPem = pem(await crypto.subtle.exportKey('spki', publicKey));
  const clientData = JSON.stringify({ challenge, type: 'key.create' });
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

/** Opens a recovery key. @throws Error for a wrong code */
export async function openRecoveryKey({ id, encryptedRecoveryKey }, code) {
  const { salt, iv, key } = JSON.parse(encryptedRecoveryKey);
  const aes = { name: 'AES-GCM', iv: fromBase64url(iv) };
  const wrappingKey = await deriveKey(code, fromBase64url(salt));
  try {
    const bytes = fromBase64url(key);
    return { id, privateKey: await crypto.subtle.unwrapKey('pkcs8', bytes, wrappingKey, aes, KEY, false, ['sign']) };
  } catch {
    throw new Error('This is not the recovery code of this account.');
  }
}

/** Approves new credentials with a recovery key. Their text is what is signed: send them as they are. */
export async function signRecovery({ id, privateKey }, newCredentials) {
  const challenge = base64url(utf8(JSON.stringify(newCredentials)));
  const clientData = JSON.stringify({ type: 'key.get', challenge });
  const credentialAssertion = {
    credId: id,
    clientData: base64url(utf8(clientData)),
    signature: base64url(await sign(privateKey, clientData)),
  };
  return { recovery: { kind: 'RecoveryKey', credentialAssertion }, newCredentials };
}

async function sign(privateKey, text) {
  return der(await crypto.subtle.sign(SIGNATURE, privateKey, utf8(text)));
}

async function encrypted(privateKey, code) {
  const [salt, iv] = [random(16), random(12)];
  const wrappingKey = await deriveKey(code, salt);
  const key = await crypto.subtle.wrapKey('pkcs8', privateKey, wrappingKey, { name: 'AES-GCM', iv });
  return JSON.stringify({ salt: base64url(salt), iv: base64url(iv), key: base64url(key) });
}

async function deriveKey(code, salt) {
  const secret = utf8(code.toUpperCase().replaceAll(/[^0-9A-Z]/g, ''));
  const material = await crypto.subtle.importKey('raw', secret, 'PBKDF2', false, ['deriveKey']);
  const pbkdf2 = { name: 'PBKDF2', hash: 'SHA-256', iterations: PBKDF2_ITERATIONS, salt };
  return crypto.subtle.deriveKey(pbkdf2, material, { name: 'AES-GCM', length: 256 }, false, ['wrapKey', 'unwrapKey']);
}
