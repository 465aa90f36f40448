import { IsEmail, IsString, Length } from 'class-validator';

/** How a user logs in to this application. Dfns never gets it. */
export class CredentialsDto {
  @IsEmail()
  email!: string;

  @IsString()
  @Length(8, 200)
  password!: string;
}
