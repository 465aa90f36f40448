import { IsEmail, IsString, Length } from 'class-validator';

/** What a person proves who they are with, to this application. Dfns never sees it. */
export class CredentialsDto {
  @IsEmail()
  email!: string;

  @IsString()
  @Length(8, 200)
  password!: string;
}
