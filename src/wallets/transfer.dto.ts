import { ApiProperty } from '@nestjs/swagger';
import { IsEthereumAddress, IsNumberString, IsUUID, Length } from 'class-validator';

/** A transfer that a person wants to make. */
export class TransferDto {
  @ApiProperty({ pattern: '^0x[0-9a-fA-F]{40}$', example: '0x00e3495cf6af59008f22ffaf32d4c92ac33dac47' })
  @IsEthereumAddress()
  to!: string;

  /** In the smallest unit of the network. */
  @ApiProperty({ pattern: '^[0-9]{1,40}$', example: '1000000000000000' })
  @IsNumberString({ no_symbols: true })
  @Length(1, 40)
  amount!: string;

  /** The page's own id of this transfer. Whoever sends it twice, after a lost answer, makes it once. */
  @ApiProperty({ format: 'uuid', example: '7d0a3bd5-9a5c-4a0f-8f43-3c1c7a6b0f10' })
  @IsUUID()
  externalId!: string;
}

/** What Dfns answers to a transfer, as far as it is described here. */
export class TransferAnswer {
  @ApiProperty({ example: 'xfr-2m3n4-5p6q7-8r9s0t1u2v3w4x5y' })
  id!: string;

  @ApiProperty({ example: 'wa-2m3n4-5p6q7-8r9s0t1u2v3w4x5y' })
  walletId!: string;

  @ApiProperty({ example: 'EthereumSepolia' })
  network!: string;

  @ApiProperty({ example: 'Pending' })
  status!: string;

  @ApiProperty({ type: 'object', additionalProperties: true, example: { kind: 'Native', to: '0x00', amount: '1' } })
  requestBody!: object;
}
