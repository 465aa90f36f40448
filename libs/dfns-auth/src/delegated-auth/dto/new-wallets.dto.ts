import { NestedList } from './nested.decorator.js';
import { NewWalletDto } from './new-wallet.dto.js';
import { Optional } from './optional.decorator.js';

/** Wallets that shall come with a registration, if any. */
export class NewWalletsDto {
  @Optional()
  @NestedList(NewWalletDto, 100)
  wallets?: NewWalletDto[];
}
