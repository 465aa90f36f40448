import type { ServerResponse } from 'node:http';
import { Controller, Delete, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { Access, type AccessRule } from '../access/access-rule.js';
import { type Caller, CurrentCaller } from '../access/caller.js';
import { RoleStore } from '../access/role-store.js';
import { JsonBody } from '../bodies/json-body.decorator.js';
import { object, text, type ValueOf } from '../bodies/shape.js';
import { identifier } from '../configuration/identifier.js';
import type { RoleAssignment } from '../identities/role.js';
import { type Change, ChangeRequests } from '../policies/change-requests.js';
import { type PageQuery, page } from '../server/page.js';
import { assertFlag } from '../server/query.js';

const assignBody = object({ identityId: text() });
const callers: AccessRule['callers'] = ['CustomerEmployee', 'ServiceAccount'];

/** `/permissions/{permissionId}/assignments` (dfns-api 14.4): who has the permission. A policy can make a change wait. */
@Controller('permissions/:permissionId/assignments')
export class RoleAssignmentsController {
  constructor(
    private readonly roles: RoleStore,
    private readonly changes: ChangeRequests,
  ) {
    changes.applyWith('Assignment', ({ operationKind, entityId, body }) => {
      const { permissionId, identityId } = body as { permissionId: string; identityId: string };
      if (operationKind === 'Delete') roles.revoke(permissionId, entityId);
      else roles.assign(permissionId, identityId, entityId);
    });
  }

  @Get()
  @Access({ callers, operation: 'readAssignments' })
  list(@Param('permissionId') permissionId: string, @Query() query: PageQuery) {
    const { items, nextPageToken } = page(this.roles.assignmentsOf(permissionId), query);
    return { items: items.map(answer), nextPageToken };
  }

  @Post()
  @Access({ callers, operation: 'assignPermissions', userAction: true })
  assign(
    @CurrentCaller() caller: Caller,
    @Param('permissionId') permissionId: string,
    @JsonBody(assignBody) { identityId }: ValueOf<typeof assignBody>,
    @Res({ passthrough: true }) response: ServerResponse,
  ) {
    this.roles.getAssignable(permissionId, identityId);
    const id = identifier('as');
    const pending = this.#propose(caller, response, {
      operationKind: 'Create',
      entityId: id,
      subject: { permissionId },
      body: { id, permissionId, identityId, isImmutable: false },
    });
    return pending ?? answer(this.roles.getAssignment(permissionId, id));
  }

  /** The answer has no body (dfns-api 2.3). */
  @Delete(':assignmentId')
  @HttpCode(204)
  @Access({ callers, operation: 'revokePermissions', userAction: true })
  revoke(
    @CurrentCaller() caller: Caller,
    @Param('permissionId') permissionId: string,
    @Param('assignmentId') assignmentId: string,
    @Res({ passthrough: true }) response: ServerResponse,
    @Query('force') force?: string,
  ) {
    assertFlag('force', force);
    const { dateCreated: _, dateUpdated: __, ...body } = answer(this.roles.getAssignment(permissionId, assignmentId));
    return this.#propose(caller, response, {
      operationKind: 'Delete',
      entityId: assignmentId,
      subject: { permissionId },
      body,
    });
  }

  /** Makes the change at once, or answers 202 with the change request that waits. */
  #propose(caller: Caller, response: ServerResponse, change: Omit<Change, 'kind' | 'activityKind'>) {
    const pending = this.changes.propose(caller, { activityKind: 'Permissions:Assign', kind: 'Assignment', ...change });
    if (pending) response.statusCode = 202;
    return pending;
  }
}

const answer = ({ id, role, identityId, dateCreated }: RoleAssignment) => ({
  id,
  permissionId: role.id,
  identityId,
  isImmutable: false,
  dateCreated,
  dateUpdated: dateCreated,
});
