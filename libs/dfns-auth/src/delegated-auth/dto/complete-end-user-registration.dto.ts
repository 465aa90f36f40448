import { NestedList } from './nested.decorator.js';
import { NewWalletDto } from './new-wallet.dto.js';
import { RegistrationCredentialsDto } from './registration-credentials.dto.js';

/** Body of `POST /auth/registration/enduser` (spec 11.3). */
export class CompleteEndUserRegistrationDto extends RegistrationCredentialsDto {
  /** Made at once, and delegated to the user. */
  @NestedList(NewWalletDto, 100)
  wallets!: NewWalletDto[];
}
