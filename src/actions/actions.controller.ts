import { Body, Controller, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, refs } from '@nestjs/swagger';
import {
  DelegatedCeremonies,
  DfnsCredential,
  DfnsUserGuard,
  DfnsUsername,
  UserActionAssertionDto,
} from 'nestjs-dfns-auth';
import { TransferAnswer } from '../wallets/transfer.dto.js';

/** Finishes an action that needs a signature of the user: sends it to Dfns and returns the answer of Dfns. */
@Controller('actions')
@UseGuards(DfnsUserGuard)
export class ActionsController {
  constructor(private readonly ceremonies: DelegatedCeremonies) {}

  @Post(':ceremonyId')
  @HttpCode(200)
  @ApiExtraModels(DfnsCredential, TransferAnswer)
  @ApiOkResponse({ schema: { oneOf: refs(DfnsCredential, TransferAnswer) } })
  finish(
    @DfnsUsername() username: string,
    @Param('ceremonyId') ceremonyId: string,
    @Body() assertion: UserActionAssertionDto,
  ): Promise<DfnsCredential | TransferAnswer> {
    return this.ceremonies.finishAction(username, ceremonyId, assertion);
  }
}
