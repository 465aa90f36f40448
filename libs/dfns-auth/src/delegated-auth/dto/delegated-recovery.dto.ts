import { Text } from './text.decorator.js';

/** Body of `POST /auth/recover/user/delegated` (spec 11.1). */
export class DelegatedRecoveryDto {
  /** The name the user was registered with. Take it from your own authenticated principal, never from a request. */
  @Text(500)
  username!: string;

  /** The `credId` of the recovery key that the person still has. */
  @Text(1_400)
  credentialId!: string;
}
