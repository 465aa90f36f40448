/**
 * Makes a key pair inside a token of PKCS#11, and prints its public key as PEM. It runs in a process of its own, because
 * SoftHSM reads the variable `SOFTHSM2_CONF` of the process.
 *
 * usage: hsm-key.mjs LIBRARY TOKEN PIN LABEL P-256|Ed25519
 */
import { createPublicKey } from 'node:crypto';
import pkcs11 from 'pkcs11js';

const [library, token, pin, label, curve] = process.argv.slice(2);
/** Mechanism and parameters (an object identifier, or a name in PKCS#11 3.0), and the public key as JWK. */
const { mechanism, parameters, jwk } = {
  'P-256': {
    mechanism: pkcs11.CKM_EC_KEY_PAIR_GEN,
    parameters: '06082a8648ce3d030107',
    jwk: (point) => ({ kty: 'EC', x: point.subarray(1, 33).toString('base64url'), y: point.toString('base64url', 33) }),
  },
  Ed25519: {
    mechanism: 0x1055,
    parameters: '130c656477617264733235353139',
    jwk: (point) => ({ kty: 'OKP', x: point.toString('base64url') }),
  },
}[curve];

const device = new pkcs11.PKCS11(library);
device.C_Initialize();
const slot = device.C_GetSlotList(true).find((each) => device.C_GetTokenInfo(each).label.trim() === token);
const session = device.C_OpenSession(slot, pkcs11.CKF_SERIAL_SESSION | pkcs11.CKF_RW_SESSION);
device.C_Login(session, pkcs11.CKU_USER, pin);
const common = [
  { type: pkcs11.CKA_TOKEN, value: true },
  { type: pkcs11.CKA_LABEL, value: label },
];
const { publicKey } = device.C_GenerateKeyPair(
  session,
  { mechanism },
  [
    ...common,
    { type: pkcs11.CKA_VERIFY, value: true },
    { type: pkcs11.CKA_EC_PARAMS, value: Buffer.from(parameters, 'hex') },
  ],
  [
    ...common,
    { type: pkcs11.CKA_SIGN, value: true },
    { type: pkcs11.CKA_SENSITIVE, value: true },
    { type: pkcs11.CKA_EXTRACTABLE, value: false },
  ],
);
const [point] = device.C_GetAttributeValue(session, publicKey, [{ type: pkcs11.CKA_EC_POINT }]);
// The point is an octet string of ASN.1: tag and length come first.
const key = { crv: curve, ...jwk(point.value.subarray(2)) };
process.stdout.write(createPublicKey({ format: 'jwk', key }).export({ type: 'spki', format: 'pem' }));
device.C_Finalize();
