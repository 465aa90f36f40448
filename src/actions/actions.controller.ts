import { Body, Controller, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { DelegatedCeremonies, DfnsUserGuard, DfnsUsername, UserActionAssertionDto } from 'nestjs-dfns-auth';

/** The other half of whatever waits for a signature of the user: it is performed, and Dfns's answer handed on. */
@Controller('actions')
@UseGuards(DfnsUserGuard)
export class ActionsController {
  constructor(private readonly ceremonies: DelegatedCeremonies) {}

  @Post(':ceremonyId')
  @HttpCode(200)
  finish(
    @DfnsUsername() username: string,
    @Param('ceremonyId') ceremonyId: string,
    @Body() assertion: UserActionAssertionDto,
  ): Promise<unknown> {
    return this.ceremonies.finishAction(username, ceremonyId, assertion);
  }
}
