import { Controller, Get, Param } from '@nestjs/common';
import { Access, type AccessRule } from '../access/access-rule.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { notFound } from '../errors/refusals.js';

const callers: AccessRule['callers'] = ['CustomerEmployee', 'ServiceAccount'];

/** `/auth/apps`: what is left of applications, which came before service accounts. There are none (dfns-api 12.6). */
@Controller('auth/apps')
export class ApplicationsController {
  constructor(private readonly config: SandboxConfig) {}

  @Get()
  @Access({ callers, operation: 'readApplications' })
  list() {
    return { items: [] };
  }

  @Get(':appId')
  @Access({ callers, operation: 'readApplications' })
  get(@Param('appId') appId: string) {
    throw notFound('application', { appId, orgId: this.config.orgId });
  }
}
