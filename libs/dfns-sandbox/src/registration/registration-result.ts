import type { Credential } from '../credentials/credential.js';
import type { User } from '../identities/user.js';

/** What a registration or recovery answers; `credential` is the first factor (spec 14, RegistrationResult). */
export const registrationResult = (user: User, { credentialUuid, kind, name }: Credential, orgId: string) => ({
  credential: { uuid: credentialUuid, kind, name },
  user: { id: user.userId, username: user.username, orgId },
});
