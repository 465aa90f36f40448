import type { ServerResponse } from 'node:http';
import { Controller, Delete, Get, Param, Post, Put, Query, Res } from '@nestjs/common';
import { Access, type AccessRule } from '../access/access-rule.js';
import { type Caller, CurrentCaller } from '../access/caller.js';
import { JsonBody } from '../bodies/json-body.decorator.js';
import { wrongState } from '../errors/refusals.js';
import { newestPage, type PageQuery } from '../server/page.js';
import { ChangeRequests } from './change-requests.js';
import { type Policy, type PolicyBody, policyBody } from './policy.js';
import { PolicyStore } from './policy-store.js';

const callers: AccessRule['callers'] = ['CustomerEmployee', 'ServiceAccount'];

/** `/v2/policies` (dfns-api 16.8). */
@Controller('v2/policies')
export class PoliciesController {
  constructor(
    private readonly policies: PolicyStore,
    private readonly changes: ChangeRequests,
  ) {
    changes.applyWith('Policy', ({ body }) => policies.replace(body as Policy));
  }

  @Post()
  @Access({ callers, operation: 'createPolicies', userAction: true })
  create(@JsonBody(policyBody) body: PolicyBody) {
    return this.policies.create(body);
  }

  @Get()
  @Access({ callers, operation: 'readPolicies' })
  list(@Query() query: PageQuery & { status?: string }) {
    const shown = this.policies.all().filter(({ status }) => status === (query.status ?? status));
    return newestPage(shown, query);
  }

  @Get(':policyId')
  @Access({ callers, operation: 'readPolicies' })
  get(@Param('policyId') policyId: string) {
    return { ...this.policies.get(policyId), pendingChangeRequest: this.changes.pendingOf('Policy', policyId) };
  }

  @Put(':policyId')
  @Access({ callers, operation: 'updatePolicies', userAction: true })
  update(
    @CurrentCaller() caller: Caller,
    @Param('policyId') policyId: string,
    @JsonBody(policyBody) body: PolicyBody,
    @Res({ passthrough: true }) response: ServerResponse,
  ) {
    const { id, status, dateCreated, dateUpdated } = this.#changeable(policyId);
    return this.#change(caller, { ...body, id, status, dateCreated, dateUpdated }, response);
  }

  @Delete(':policyId')
  @Access({ callers, operation: 'archivePolicies', userAction: true })
  archive(
    @CurrentCaller() caller: Caller,
    @Param('policyId') policyId: string,
    @Res({ passthrough: true }) response: ServerResponse,
  ) {
    return this.#change(caller, { ...this.#changeable(policyId), status: 'Archived' }, response);
  }

  #changeable(policyId: string): Policy {
    const policy = this.policies.get(policyId);
    if (policy.status === 'Archived') throw wrongState(`policy ${policyId} is archived`);
    if (this.changes.pendingOf('Policy', policyId)) throw wrongState(`policy ${policyId} has a change that waits`);
    return policy;
  }

  #change(caller: Caller, body: Policy, response: ServerResponse) {
    const pending = this.changes.propose(caller, {
      activityKind: 'Policies:Modify',
      kind: 'Policy',
      operationKind: 'Update',
      entityId: body.id,
      subject: { policyId: body.id },
      body,
    });
    if (pending) response.statusCode = 202;
    return pending ?? this.policies.get(body.id);
  }
}
