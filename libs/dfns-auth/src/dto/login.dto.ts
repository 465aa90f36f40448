import { Bounded } from './bounded.js';
import { Text } from './rules.js';
import { Example } from './schema.js';
import type { StandardSchema } from './standard-schema.js';

/** Body of `POST /auth/login/delegated` (dfns-api 9.1). */
@Bounded
export class DelegatedLoginDto {
  declare static readonly '~standard': StandardSchema<DelegatedLoginDto>;

  /** Name with which the user was registered. Take it from your own authenticated principal, never from a request. */
  @Text(500)
  @Example('ada')
  username!: string;
}
