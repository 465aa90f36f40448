import { IsString, Length } from 'class-validator';

/** What a wallet shall sign. */
export class MessageDto {
  @IsString()
  @Length(1, 1000)
  message!: string;
}
