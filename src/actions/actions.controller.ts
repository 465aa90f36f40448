import { Body, Controller, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { DelegatedCeremonies, DfnsUserGuard, DfnsUsername, UserActionAssertionDto } from 'nestjs-dfns-auth';

/** Finishes an action that needs a signature of the user: sends it to Dfns and returns the answer of Dfns. */
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
