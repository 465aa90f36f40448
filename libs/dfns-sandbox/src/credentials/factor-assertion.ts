import { choice, object, optional, text, type ValueOf } from '../bodies/shape.js';

const keyAssertion = {
  credId: text(),
  clientData: text(),
  signature: text(),
  algorithm: optional(text()),
};

/** The assertion of a key, as `POST /auth/action` and `POST /auth/recover/user` take it (spec 8.3). */
export const keyCredentialAssertion = object(keyAssertion);
export type KeyCredentialAssertion = ValueOf<typeof keyCredentialAssertion>;

/** First or second factor (spec 14, FirstFactorAssertion); `Password` and `Totp` are not supported by Dfns either. */
export const factorAssertion = choice('kind', {
  Key: { credentialAssertion: keyCredentialAssertion },
  PasswordProtectedKey: { credentialAssertion: keyCredentialAssertion },
  Fido2: {
    credentialAssertion: object({ ...keyAssertion, authenticatorData: text(), userHandle: optional(text({ min: 0 })) }),
  },
});
export type FactorAssertion = ValueOf<typeof factorAssertion>;
export type PasskeyAssertion = Extract<FactorAssertion, { kind: 'Fido2' }>['credentialAssertion'];
