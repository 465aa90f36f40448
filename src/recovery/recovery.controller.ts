import { Body, ConflictException, Controller, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse } from '@nestjs/swagger';
import {
  BegunRecovery,
  DelegatedCeremonies,
  DfnsCredentials,
  DfnsUserGuard,
  DfnsUsername,
  RecoverUserDto,
} from 'nestjs-dfns-auth';

/** Gives new credentials to a user who lost the device and has the recovery code. */
@Controller('me/recovery')
@UseGuards(DfnsUserGuard)
export class RecoveryController {
  constructor(
    private readonly ceremonies: DelegatedCeremonies,
    private readonly credentials: DfnsCredentials,
  ) {}

  @Post()
  @ApiCreatedResponse({ type: BegunRecovery })
  async begin(@DfnsUsername() username: string): Promise<BegunRecovery> {
    const credentials = await this.credentials.list(username);
    const recoveryKey = credentials.find(({ kind, isActive }) => kind === 'RecoveryKey' && isActive);
    if (!recoveryKey) throw new ConflictException('This account has no recovery code.');
    return this.ceremonies.beginRecovery(username, recoveryKey.credentialId);
  }

  @Post(':ceremonyId')
  @HttpCode(204)
  @ApiNoContentResponse()
  async finish(
    @DfnsUsername() username: string,
    @Param('ceremonyId') ceremonyId: string,
    @Body() recovery: RecoverUserDto,
  ): Promise<void> {
    await this.ceremonies.finishRecovery(username, ceremonyId, recovery);
  }
}
