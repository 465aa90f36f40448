import type { UserActionChallenge } from '../credentials/credential-signer.js';
import { AnswerMembers } from '../delegated-auth/answer-members.js';
import { readDescriptor, readRelyingParty } from '../delegated-auth/registration-challenge.js';

/** A user action challenge for a browser. */
export type PublicUserActionChallenge = Omit<UserActionChallenge, 'challengeIdentifier'>;

/**
 * What of a challenge may reach a browser, copied by name: a member that Dfns adds tomorrow stays on the server.
 *
 * @throws DfnsError `DFNS_MALFORMED_RESPONSE`
 */
export function publicUserActionChallenge(challenge: UserActionChallenge): PublicUserActionChallenge {
  const answer = new AnswerMembers(challenge, 'POST /auth/action/init');
  const allowed = answer.object('allowCredentials');
  return {
    challenge: challenge.challenge,
    ...(answer.has('rp') && { rp: readRelyingParty(answer.object('rp')) }),
    supportedCredentialKinds: answer.list('supportedCredentialKinds', (item) => ({
      kind: item.text('kind') as PublicUserActionChallenge['supportedCredentialKinds'][number]['kind'],
      factor: item.text('factor') as 'first' | 'second' | 'either',
      requiresSecondFactor: item.flag('requiresSecondFactor'),
    })),
    // Older answers have neither (spec 16, row 13).
    userVerification: (answer.optionalText('userVerification') ?? 'required') as 'required',
    attestation: answer.optionalText('attestation') ?? 'none',
    allowCredentials: {
      key: allowed.list('key', readDescriptor),
      webauthn: allowed.has('webauthn') ? allowed.list('webauthn', readDescriptor) : [],
      ...(allowed.has('passwordProtectedKey') && {
        passwordProtectedKey: allowed.list('passwordProtectedKey', (item) => ({
          ...readDescriptor(item),
          encryptedPrivateKey: item.text('encryptedPrivateKey'),
        })),
      }),
    },
    externalAuthenticationUrl: answer.optionalText('externalAuthenticationUrl') ?? '',
  };
}
