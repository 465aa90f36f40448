import { Body, ConflictException, Controller, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import {
  type Ceremony,
  DelegatedCeremonies,
  DfnsCredentials,
  DfnsUserGuard,
  DfnsUsername,
  type PublicRecoveryChallenge,
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
  async begin(@DfnsUsername() username: string): Promise<Ceremony<PublicRecoveryChallenge>> {
    const credentials = await this.credentials.list(username);
    const recoveryKey = credentials.find(({ kind, isActive }) => kind === 'RecoveryKey' && isActive);
    if (!recoveryKey) throw new ConflictException('This account has no recovery code.');
    return this.ceremonies.beginRecovery(username, recoveryKey.credentialId);
  }

  @Post(':ceremonyId')
  @HttpCode(204)
  async finish(
    @DfnsUsername() username: string,
    @Param('ceremonyId') ceremonyId: string,
    @Body() recovery: RecoverUserDto,
  ): Promise<void> {
    await this.ceremonies.finishRecovery(username, ceremonyId, recovery);
  }
}
