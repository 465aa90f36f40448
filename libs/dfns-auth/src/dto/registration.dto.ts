import { Bounded } from './bounded.js';
import { RegistrationCredentialsDto } from './credentials.dto.js';
import { NestedList } from './nested.js';
import { OneOf, Optional, Text, TextLike } from './rules.js';
import { Example } from './schema.js';
import type { StandardSchema } from './standard-schema.js';

/** Body of `POST /auth/registration/delegated` (dfns-api 10.1). */
@Bounded
export class DelegatedRegistrationDto {
  declare static readonly '~standard': StandardSchema<DelegatedRegistrationDto>;

  /** The username: any unique text, not only an e-mail address. Take it from your own authenticated principal. */
  @Text(500)
  @Example('ada')
  email!: string;

  @OneOf('EndUser')
  kind!: 'EndUser';

  /** Your own id of the user. For correlation only. */
  @Optional()
  @Text(100)
  @Example('customer-1')
  externalId?: string;
}

/** Body of `POST /auth/registration` (dfns-api 10.3). */
@Bounded
export class CompleteRegistrationDto extends RegistrationCredentialsDto {
  declare static readonly '~standard': StandardSchema<CompleteRegistrationDto>;
}

/** A wallet that is created with a registration. */
@Bounded
export class NewWalletDto {
  declare static readonly '~standard': StandardSchema<NewWalletDto>;

  /** Name of the network at Dfns, e.g. `EthereumSepolia`. */
  @TextLike(64, '^[A-Za-z0-9]+$')
  @Example('EthereumSepolia')
  network!: string;

  @Optional()
  @Text(100)
  @Example('My wallet')
  name?: string;
}

/** Body of `POST /auth/registration/enduser` (dfns-api 10.4). */
@Bounded
export class CompleteEndUserRegistrationDto extends RegistrationCredentialsDto {
  declare static readonly '~standard': StandardSchema<CompleteEndUserRegistrationDto>;

  /** Created in the same call and delegated to the user. */
  @NestedList(NewWalletDto, 100)
  wallets!: NewWalletDto[];
}

/** The wallets to create with a registration, if any. */
export class NewWalletsDto {
  @Optional()
  @NestedList(NewWalletDto, 100)
  wallets?: NewWalletDto[];
}
