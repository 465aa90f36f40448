import { Controller, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { Access, type AccessRule } from '../access/access-rule.js';
import { type Caller, CurrentCaller } from '../access/caller.js';
import { requirePermission } from '../access/permissions.js';
import { RoleStore } from '../access/role-store.js';
import { JsonBody } from '../bodies/json-body.decorator.js';
import { boolean, object, optional, type ValueOf } from '../bodies/shape.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { notFound } from '../errors/refusals.js';
import { type User, UserStore, userAnswer } from '../identities/user-store.js';
import { assertFlag } from '../server/query.js';
import { accessTokenAnswer, newAccessTokenMembers, renamedMembers } from '../tokens/access-token.js';
import { ServiceAccountFactory } from './service-account-factory.js';

const createBody = object(newAccessTokenMembers);
const updateBody = object(renamedMembers);
const forceBody = object({ force: optional(boolean()) });
const callers: AccessRule['callers'] = ['CustomerEmployee', 'ServiceAccount'];

/**
 * `/auth/service-accounts` (dfns-api 12.3). `force` has no effect, because no policy of the sandbox is checked before a
 * service account is switched off.
 */
@Controller('auth/service-accounts')
export class ServiceAccountsController {
  constructor(
    private readonly config: SandboxConfig,
    private readonly serviceAccounts: ServiceAccountFactory,
    private readonly users: UserStore,
    private readonly roles: RoleStore,
  ) {}

  @Get()
  @Access({ callers, operation: 'readServiceAccounts' })
  list() {
    const shown = this.users.all().filter(({ isServiceAccount, isArchived }) => isServiceAccount && !isArchived);
    return { items: shown.map((user) => this.#answer(user)) };
  }

  @Get(':serviceAccountId')
  @Access({ callers, operation: 'readServiceAccounts' })
  get(@Param('serviceAccountId') id: string) {
    return this.#answer(this.#find(id));
  }

  /** Without `permissionId` the account may do nothing (dfns-api 20.17). */
  @Post()
  @Access({
    callers: ['CustomerEmployee'],
    operation: 'createServiceAccounts',
    userAction: true,
    personalAccessTokens: false,
  })
  create(@CurrentCaller() caller: Caller, @JsonBody(createBody) body: ValueOf<typeof createBody>) {
    const { permissionId, ...request } = body;
    if (permissionId) {
      requirePermission(caller.user, 'assignPermissions');
      this.roles.getUsable(permissionId);
    }
    const { userId, authToken } = this.serviceAccounts.create({ ...request, permissions: [] });
    if (permissionId) this.roles.assign(permissionId, userId);
    return this.#answer(this.#find(userId), authToken);
  }

  @Put(':serviceAccountId')
  @Access({ callers, operation: 'updateServiceAccounts', userAction: true })
  update(@Param('serviceAccountId') id: string, @JsonBody(updateBody) body: ValueOf<typeof updateBody>) {
    return this.#answer(Object.assign(this.#find(id), body));
  }

  /** The token works again. There is no other way to get one. */
  @Put(':serviceAccountId/activate')
  @Access({ callers, operation: 'activateServiceAccounts', userAction: true })
  activate(@Param('serviceAccountId') id: string) {
    return this.#answer(Object.assign(this.#find(id), { isActive: true }));
  }

  @Put(':serviceAccountId/deactivate')
  @Access({ callers, operation: 'deactivateServiceAccounts', userAction: true, personalAccessTokens: false })
  deactivate(@Param('serviceAccountId') id: string, @JsonBody(forceBody) _: ValueOf<typeof forceBody>) {
    return this.#answer(Object.assign(this.#find(id), { isActive: false }));
  }

  @Delete(':serviceAccountId')
  @Access({ callers, operation: 'archiveServiceAccounts', userAction: true })
  archive(@Param('serviceAccountId') id: string, @Query('force') force?: string) {
    assertFlag('force', force);
    return this.#answer(Object.assign(this.#find(id), { isActive: false, isArchived: true }));
  }

  #find(userId: string): User {
    const user = this.users.byId(userId);
    if (!user?.isServiceAccount || user.isArchived) {
      throw notFound('service account', { userId, orgId: this.config.orgId });
    }
    return user;
  }

  #answer(user: User, accessToken?: string) {
    const { isSSORequired: _, ...userInfo } = userAnswer(user, this.config.orgId);
    const { username: tokenId, userId: linkedUserId, name, isActive, assignments } = user;
    const shown = { kind: 'ServiceAccount' as const, tokenId, name, isActive, linkedUserId, assignments };
    const accessTokens = user.credentials.map((credential) =>
      accessTokenAnswer({ ...shown, credential }, this.config, accessToken),
    );
    return { userInfo, accessTokens };
  }
}
