import { Optional } from './optional.decorator.js';
import { OneOf, Text } from './text.decorator.js';

/** Body of `POST /auth/registration/delegated` (spec 11.1). */
export class DelegatedRegistrationDto {
  /** The username: any unique text, an e-mail address or not. Take it from your own authenticated principal. */
  @Text(500)
  email!: string;

  @OneOf('EndUser')
  kind!: 'EndUser';

  /** For correlation only. */
  @Optional()
  @Text(100)
  externalId?: string;
}
