/** COSE numbers of what passkeys may sign with: ES256 and RS256 (spec 9.6). */
export const PASSKEY_ALGORITHMS = [-7, -257];
