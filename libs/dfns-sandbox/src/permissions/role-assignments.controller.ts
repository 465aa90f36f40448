import { Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { Access, type AccessRule } from '../access/access-rule.js';
import { RoleStore } from '../access/role-store.js';
import { JsonBody } from '../bodies/json-body.decorator.js';
import { object, text, type ValueOf } from '../bodies/shape.js';
import type { RoleAssignment } from '../identities/role.js';
import { type PageQuery, page } from '../server/page.js';
import { assertFlag } from '../server/query.js';

const assignBody = object({ identityId: text() });
const callers: AccessRule['callers'] = ['CustomerEmployee', 'ServiceAccount'];

/** `/permissions/{permissionId}/assignments` (dfns-api 14.4): who has the permission. */
@Controller('permissions/:permissionId/assignments')
export class RoleAssignmentsController {
  constructor(private readonly roles: RoleStore) {}

  @Get()
  @Access({ callers, operation: 'readAssignments' })
  list(@Param('permissionId') permissionId: string, @Query() query: PageQuery) {
    const { items, nextPageToken } = page(this.roles.assignmentsOf(permissionId), query);
    return { items: items.map(answer), nextPageToken };
  }

  @Post()
  @Access({ callers, operation: 'assignPermissions', userAction: true })
  assign(
    @Param('permissionId') permissionId: string,
    @JsonBody(assignBody) { identityId }: ValueOf<typeof assignBody>,
  ) {
    return answer(this.roles.assign(permissionId, identityId));
  }

  /** The answer has no body (dfns-api 2.3). */
  @Delete(':assignmentId')
  @HttpCode(204)
  @Access({ callers, operation: 'revokePermissions', userAction: true })
  revoke(
    @Param('permissionId') permissionId: string,
    @Param('assignmentId') assignmentId: string,
    @Query('force') force?: string,
  ): void {
    assertFlag('force', force);
    this.roles.revoke(permissionId, assignmentId);
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
