import { IsString, Length } from 'class-validator';

/** The message that a wallet signs. */
export class MessageDto {
  @IsString()
  @Length(1, 1000)
  message!: string;
}
