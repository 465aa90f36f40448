import { Optional } from './optional.decorator.js';
import { Text, TextLike } from './text.decorator.js';

/** A wallet that comes with a registration. */
export class NewWalletDto {
  /** As Dfns names it, e.g. `EthereumSepolia`. */
  @TextLike(64, '^[A-Za-z0-9]+$')
  network!: string;

  @Optional()
  @Text(100)
  name?: string;
}
