import { Controller, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { Access, type AccessRule } from '../access/access-rule.js';
import { JsonBody } from '../bodies/json-body.decorator.js';
import { boolean, object, oneOf, optional, text, type ValueOf } from '../bodies/shape.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { notFound, userArchived } from '../errors/refusals.js';
import { type User, UserStore, userAnswer } from '../identities/user-store.js';
import { type PageQuery, page } from '../server/page.js';
import { assertOneOf } from '../server/query.js';
import { MailedCodes } from '../tokens/mailed-codes.js';

const inviteBody = object({
  email: text({ max: 254, pattern: /^[^\s@]+@[^\s@]+$/ }),
  kind: oneOf('CustomerEmployee'),
  publicKey: optional(text()),
  externalId: optional(text({ max: 100 })),
  isSSORequired: optional(boolean()),
});
const updateBody = object({ isSSORequired: boolean() });
const callers: AccessRule['callers'] = ['CustomerEmployee', 'ServiceAccount'];

/** `/auth/users` (dfns-api 12.1, 12.2, 12.7). It does not show service accounts and archived users. */
@Controller('auth/users')
export class UsersController {
  constructor(
    private readonly config: SandboxConfig,
    private readonly users: UserStore,
    private readonly codes: MailedCodes,
  ) {}

  @Get()
  @Access({ callers, operation: 'readUsers' })
  list(@Query() query: PageQuery & { kind?: string }) {
    assertOneOf('kind', query.kind, ['EndUser', 'CustomerEmployee', 'AccountUser', 'DfnsStaff']);
    const shown = this.users
      .all()
      .filter((user) => !user.isServiceAccount && !user.isArchived && (query.kind ?? user.kind) === user.kind);
    const { items, nextPageToken } = page(shown, query);
    return { items: items.map((user) => this.#answer(user)), nextPageToken };
  }

  /** Invites an employee by mail. The new user has no permissions. */
  @Post()
  @Access({ callers, operation: 'inviteUsers', userAction: true, personalAccessTokens: false })
  invite(@JsonBody(inviteBody) { email, kind, externalId, isSSORequired = false }: ValueOf<typeof inviteBody>) {
    const user = this.users.add({ username: email, kind, externalId, isSSORequired });
    this.codes.send('registration', user);
    return this.#answer(user);
  }

  /** An archived user is not found (dfns-api 21.29). */
  @Get(':userId')
  @Access({ callers, operation: 'readUsers' })
  get(@Param('userId') userId: string) {
    const user = this.#find(userId);
    if (user.isArchived) throw this.#notFound(userId);
    return this.#answer(user);
  }

  @Put(':userId')
  @Access({ callers, operation: 'updateUsers', userAction: true })
  update(@Param('userId') userId: string, @JsonBody(updateBody) { isSSORequired }: ValueOf<typeof updateBody>) {
    return this.#answer(Object.assign(this.#findForChange(userId), { isSSORequired }));
  }

  @Put(':userId/activate')
  @Access({ callers, operation: 'activateUsers', userAction: true })
  activate(@Param('userId') userId: string) {
    return this.#answer(Object.assign(this.#findForChange(userId), { isActive: true }));
  }

  @Put(':userId/deactivate')
  @Access({ callers, operation: 'deactivateUsers', userAction: true })
  deactivate(@Param('userId') userId: string) {
    const user = this.#findForChange(userId);
    this.users.deactivate(user);
    return this.#answer(user);
  }

  @Delete(':userId')
  @Access({ callers, operation: 'archiveUsers', userAction: true })
  archive(@Param('userId') userId: string) {
    const user = this.#findForChange(userId);
    this.users.deactivate(user);
    user.isArchived = true;
    return this.#answer(user);
  }

  #find(userId: string): User {
    const user = this.users.byId(userId);
    if (!user || user.isServiceAccount) throw this.#notFound(userId);
    return user;
  }

  #findForChange(userId: string): User {
    const user = this.#find(userId);
    if (user.isArchived) throw userArchived();
    return user;
  }

  #notFound = (userId: string) => notFound('user', { userId, orgId: this.config.orgId });

  #answer(user: User) {
    return userAnswer(user, this.config.orgId);
  }
}
