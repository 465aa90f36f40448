import { NewCredentialDto } from './new-credential.dto.js';
import { Text } from './text.decorator.js';

/** Body of `POST /auth/credentials` (spec 11.6). */
export class CreateCredentialDto extends NewCredentialDto {
  /** Of the credential challenge. Stays on the server. */
  @Text(8_192)
  challengeIdentifier!: string;
}
