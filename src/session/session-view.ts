import { ApiProperty } from '@nestjs/swagger';

/** Who is logged in. */
export class SessionView {
  @ApiProperty({ example: 'ada@example.test' })
  email!: string;
}
