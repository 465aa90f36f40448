import type { AllowedCredential, UserActionChallenge } from '../credentials/credential-signer.js';
import type { AnswerReader } from '../http/answer-reader.js';

/**
 * Reads the answer to `POST /auth/action/init`. Only what a signature needs must be there: the challenge, its identifier,
 * and which credentials may sign. Other members that this package uses get a value if they are missing, and unknown
 * members are kept, so that a signer of the application also gets new members.
 *
 * @throws DfnsError `DFNS_MALFORMED_RESPONSE`
 */
export function readUserActionChallenge(answer: AnswerReader): UserActionChallenge {
  const allowed = answer.object('allowCredentials');
  const { rp: _, ...members } = answer.unchecked<UserActionChallenge>();
  return {
    ...members,
    challenge: answer.nonEmptyText('challenge'),
    challengeIdentifier: answer.nonEmptyText('challengeIdentifier'),
    supportedCredentialKinds: answer.optionalList('supportedCredentialKinds', readKind).flat(),
    // Older answers have neither `userVerification` nor `attestation` (dfns-api 20.10).
    userVerification: (answer.optionalText('userVerification') ?? 'required') as 'required',
    attestation: answer.optionalText('attestation') ?? 'none',
    externalAuthenticationUrl: answer.optionalText('externalAuthenticationUrl') ?? '',
    allowCredentials: {
      key: readDescriptors(allowed, 'key'),
      webauthn: readDescriptors(allowed, 'webauthn'),
      ...(allowed.has('passwordProtectedKey') && {
        passwordProtectedKey: readDescriptors(allowed, 'passwordProtectedKey', (item) => ({
          encryptedPrivateKey: item.optionalText('encryptedPrivateKey') ?? '',
        })),
      }),
    },
    ...readRelyingParty(answer),
  };
}

type SupportedKind = UserActionChallenge['supportedCredentialKinds'][number];

function readKind(item: AnswerReader): SupportedKind[] {
  const kind = item.optionalText('kind') as SupportedKind['kind'] | undefined;
  const factor = (item.optionalText('factor') ?? 'either') as SupportedKind['factor'];
  return kind === undefined
    ? []
    : [{ kind, factor, requiresSecondFactor: item.optionalFlag('requiresSecondFactor') ?? false }];
}

/**
 * Reads the value in an answer to `POST /auth/action`. It works once, and a header can hold it.
 *
 * @throws DfnsError `DFNS_MALFORMED_RESPONSE`
 */
export function readUserAction(answer: AnswerReader): string {
  return answer.textLike('userAction', /^[\x21-\x7e]{1,8192}$/, 'user action');
}

/** Reads `rp`. Without an id it says nothing, and is left out: the application knows its own relying party. */
export function readRelyingParty(answer: AnswerReader): { rp?: { id: string; name: string } } {
  const rp = answer.optionalObject('rp');
  const id = rp.optionalText('id');
  return id === undefined ? {} : { rp: { id, name: rp.optionalText('name') ?? id } };
}

/** Reads the ids of credentials. An item without an id names no credential, and is left out. */
export function readDescriptors<M = object>(
  answer: AnswerReader,
  name: string,
  more: (item: AnswerReader) => M = () => ({}) as M,
): (AllowedCredential & M)[] {
  return answer
    .optionalList(name, (item) => ({ type: 'public-key' as const, id: item.optionalText('id') ?? '', ...more(item) }))
    .filter(({ id }) => id !== '');
}
