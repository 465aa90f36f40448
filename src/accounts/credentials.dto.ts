import { ApiProperty } from '@nestjs/swagger';
import { IsEmail, IsString, Length } from 'class-validator';

/** How a user logs in to this application. Dfns never gets it. */
export class CredentialsDto {
  @ApiProperty({ format: 'email', example: 'ada@example.test' })
  @IsEmail()
  email!: string;

  @ApiProperty({ minLength: 8, maxLength: 200, example: 'correct horse' })
  @IsString()
  @Length(8, 200)
  password!: string;
}
