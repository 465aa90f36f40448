import { IsEthereumAddress, IsNumberString, IsUUID, Length } from 'class-validator';

/** A transfer that a person wants to make. */
export class TransferDto {
  @IsEthereumAddress()
  to!: string;

  /** In the smallest unit of the network. */
  @IsNumberString({ no_symbols: true })
  @Length(1, 40)
  amount!: string;

  /** The page's own id of this transfer. Whoever sends it twice, after a lost answer, makes it once. */
  @IsUUID()
  externalId!: string;
}
