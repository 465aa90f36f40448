import { IsNotEmpty, IsString, MaxLength } from 'class-validator';
import { Bounded } from './bounded.js';

/** Body of `POST /auth/login/delegated` (dfns-api 9.1). */
@Bounded
export class DelegatedLoginDto {
  /** Name with which the user was registered. Take it from your own authenticated principal, never from a request. */
  @IsString()
  @IsNotEmpty()
  @MaxLength(500)
  username!: string;
}
