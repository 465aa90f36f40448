import type { ServerResponse } from 'node:http';
import { Controller, Get, Param, Post, Put, Query, Res } from '@nestjs/common';
import { Access, type AccessRule } from '../access/access-rule.js';
import { type Caller, CurrentCaller } from '../access/caller.js';
import { PERMISSION_NAMES } from '../access/permission-names.js';
import { type RoleChanges, RoleStore } from '../access/role-store.js';
import { JsonBody } from '../bodies/json-body.decorator.js';
import { boolean, object, optional, type Shape, satisfying, text, type ValueOf } from '../bodies/shape.js';
import { wrongState } from '../errors/refusals.js';
import type { Role } from '../identities/role.js';
import { ChangeRequests } from '../policies/change-requests.js';
import { type PageQuery, page } from '../server/page.js';

const operationName = satisfying<string>('the name of a permission', (value) => PERMISSION_NAMES.has(String(value)));
const operations: Shape<string[]> = {
  problems: (value, at) =>
    Array.isArray(value) && value.length > 0
      ? value.flatMap((name, index) => operationName.problems(name, `${at}[${index}]`))
      : [`${at} must be a list of one name of a permission or more`],
};
const createBody = object({ name: text({ max: 100 }), operations });
const updateBody = object({ name: optional(text({ max: 100 })), operations: optional(operations) });
const archiveBody = object({ isArchived: boolean() });
const callers: AccessRule['callers'] = ['CustomerEmployee', 'ServiceAccount'];

/** `/permissions` (dfns-api 14.4). A policy can make a change wait for an approval (dfns-api 16.5). */
@Controller('permissions')
export class PermissionRolesController {
  constructor(
    private readonly roles: RoleStore,
    private readonly changes: ChangeRequests,
  ) {
    changes.applyWith('Permission', ({ entityId, body }) => {
      const { name, operations, isArchived } = body as Role;
      roles.change(entityId, { name, operations, isArchived });
    });
  }

  @Get()
  @Access({ callers, operation: 'readPermissions' })
  list(@Query() query: PageQuery) {
    const { items, nextPageToken } = page(this.roles.all(), query);
    return { items: items.map(answer), nextPageToken };
  }

  @Get(':permissionId')
  @Access({ callers, operation: 'readPermissions' })
  get(@Param('permissionId') permissionId: string) {
    return {
      ...answer(this.roles.get(permissionId)),
      pendingChangeRequest: this.changes.pendingOf('Permission', permissionId),
    };
  }

  @Post()
  @Access({ callers, operation: 'createPermissions', userAction: true })
  create(@JsonBody(createBody) body: ValueOf<typeof createBody>) {
    return answer(this.roles.create(body.name, body.operations));
  }

  @Put(':permissionId')
  @Access({ callers, operation: 'updatePermissions', userAction: true })
  update(
    @CurrentCaller() caller: Caller,
    @Param('permissionId') permissionId: string,
    @JsonBody(updateBody) body: ValueOf<typeof updateBody>,
    @Res({ passthrough: true }) response: ServerResponse,
  ) {
    return this.#change(caller, permissionId, body, response);
  }

  /** It also takes a permission out of the archive. */
  @Put(':permissionId/archive')
  @Access({ callers, operation: 'archivePermissions', userAction: true })
  archive(
    @CurrentCaller() caller: Caller,
    @Param('permissionId') permissionId: string,
    @JsonBody(archiveBody) body: ValueOf<typeof archiveBody>,
    @Res({ passthrough: true }) response: ServerResponse,
  ) {
    return this.#change(caller, permissionId, body, response);
  }

  #change(caller: Caller, permissionId: string, changes: RoleChanges, response: ServerResponse) {
    const role = this.roles.getChangeable(permissionId, changes);
    if (this.changes.pendingOf('Permission', permissionId))
      throw wrongState(`permission ${permissionId} has a change that waits`);
    const { dateCreated: _, dateUpdated: __, ...shown } = answer(role);
    const pending = this.changes.propose(caller, {
      activityKind: 'Permissions:Modify',
      kind: 'Permission',
      operationKind: 'Update',
      entityId: permissionId,
      subject: { permissionId },
      body: { ...shown, ...changes },
    });
    if (pending) response.statusCode = 202;
    return pending ?? answer(role);
  }
}

/** The JSON object that the API returns for a permission. Its status is `Active` also in the archive. */
const answer = (role: Role) => ({ ...role, status: 'Active' });
