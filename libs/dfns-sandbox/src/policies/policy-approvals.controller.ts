import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Access, type AccessRule } from '../access/access-rule.js';
import { type Caller, CurrentCaller } from '../access/caller.js';
import { JsonBody } from '../bodies/json-body.decorator.js';
import { object, oneOf, optional, text, type ValueOf } from '../bodies/shape.js';
import { UserStore } from '../identities/user-store.js';
import { newestPage, type PageQuery } from '../server/page.js';
import { groupsOf } from './approval.js';
import { ApprovalStore } from './approval-store.js';

const decisionBody = object({ value: oneOf('Approved', 'Denied'), reason: optional(text({ min: 0, max: 1_000 })) });

const callers: AccessRule['callers'] = ['CustomerEmployee', 'ServiceAccount'];

/** `/v2/policy-approvals` (dfns-api 16.7). */
@Controller('v2/policy-approvals')
export class PolicyApprovalsController {
  constructor(
    private readonly approvals: ApprovalStore,
    private readonly users: UserStore,
  ) {}

  @Get()
  @Access({ callers, operation: 'readApprovals' })
  list(@Query() query: PageQuery & { status?: string; initiatorId?: string; approverId?: string }) {
    const approver = this.users.byId(query.approverId ?? '');
    const shown = this.approvals
      .all()
      .filter(
        (approval) =>
          approval.status === (query.status ?? approval.status) &&
          approval.activity.initiator.userId === (query.initiatorId ?? approval.activity.initiator.userId) &&
          (!query.approverId || (approver && groupsOf(approver, 'Approved', approval).length > 0)),
      );
    const { items, nextPageToken } = newestPage(shown, query, { standard: 20 });
    return { items: items.map((approval) => this.approvals.answer(approval)), nextPageToken };
  }

  @Get(':approvalId')
  @Access({ callers, operation: 'readApprovals' })
  get(@Param('approvalId') approvalId: string) {
    return this.approvals.answer(this.approvals.get(approvalId));
  }

  @Post(':approvalId/decisions')
  @Access({ callers, operation: 'decideApprovals', userAction: true })
  decide(
    @CurrentCaller() caller: Caller,
    @Param('approvalId') approvalId: string,
    @JsonBody(decisionBody) body: ValueOf<typeof decisionBody>,
  ) {
    return this.approvals.answer(this.approvals.decide(caller, approvalId, body));
  }
}
