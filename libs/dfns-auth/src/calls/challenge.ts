import type { UserActionChallenge } from '../credentials/credential-signer.js';
import type { AnswerReader } from '../http/answer-reader.js';

/**
 * Reads the answer to `POST /auth/action/init`. All members that this package uses are checked. Other members are kept,
 * so that a signer of the application also gets new members.
 *
 * @throws DfnsError `DFNS_MALFORMED_RESPONSE`
 */
export function readUserActionChallenge(answer: AnswerReader): UserActionChallenge {
  const allowed = answer.object('allowCredentials');
  return {
    ...answer.unchecked<UserActionChallenge>(),
    challenge: answer.nonEmptyText('challenge'),
    challengeIdentifier: answer.nonEmptyText('challengeIdentifier'),
    supportedCredentialKinds: answer.optionalList('supportedCredentialKinds', (item) => ({
      kind: item.text('kind') as UserActionChallenge['supportedCredentialKinds'][number]['kind'],
      factor: item.text('factor') as 'first' | 'second' | 'either',
      requiresSecondFactor: item.flag('requiresSecondFactor'),
    })),
    // Older answers have neither `userVerification` nor `attestation` (dfns-api 20.10).
    userVerification: (answer.optionalText('userVerification') ?? 'required') as 'required',
    attestation: answer.optionalText('attestation') ?? 'none',
    externalAuthenticationUrl: answer.optionalText('externalAuthenticationUrl') ?? '',
    allowCredentials: {
      key: allowed.list('key', readDescriptor),
      webauthn: allowed.optionalList('webauthn', readDescriptor),
      ...(allowed.has('passwordProtectedKey') && {
        passwordProtectedKey: allowed.list('passwordProtectedKey', (item) => ({
          ...readDescriptor(item),
          encryptedPrivateKey: item.text('encryptedPrivateKey'),
        })),
      }),
    },
    ...(answer.has('rp') && { rp: readRelyingParty(answer.object('rp')) }),
  };
}

/**
 * Reads the value in an answer to `POST /auth/action`. It works once, and a header can hold it.
 *
 * @throws DfnsError `DFNS_MALFORMED_RESPONSE`
 */
export function readUserAction(answer: AnswerReader): string {
  return answer.textLike('userAction', /^[\x21-\x7e]{1,8192}$/, 'user action');
}

export function readRelyingParty(rp: AnswerReader): { id: string; name: string } {
  return { id: rp.text('id'), name: rp.text('name') };
}

/** Reads the id of a credential. */
export function readDescriptor(item: AnswerReader): { type: 'public-key'; id: string } {
  return { type: 'public-key', id: item.nonEmptyText('id') };
}
