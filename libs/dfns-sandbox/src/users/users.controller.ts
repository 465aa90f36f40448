import { Controller, Delete, Get, Param, Put, Query } from '@nestjs/common';
import { Access, type AccessRule } from '../access/access-rule.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { notFound, userArchived } from '../errors/refusals.js';
import { type User, UserStore, userAnswer } from '../identities/user-store.js';
import { type PageQuery, page } from '../server/page.js';

const callers: AccessRule['callers'] = ['CustomerEmployee', 'ServiceAccount'];

/** `/auth/users` (dfns-api 12.1, 12.2). It does not show service accounts. */
@Controller('auth/users')
export class UsersController {
  constructor(
    private readonly config: SandboxConfig,
    private readonly users: UserStore,
  ) {}

  @Get()
  @Access({ callers, operation: 'readUsers' })
  list(@Query() query: PageQuery & { kind?: string }) {
    const shown = this.users
      .all()
      .filter((user) => !user.isServiceAccount && !user.isArchived && (query.kind ?? user.kind) === user.kind);
    const { items, nextPageToken } = page(shown, query);
    return { items: items.map((user) => this.#answer(user)), nextPageToken };
  }

  @Get(':userId')
  @Access({ callers, operation: 'readUsers' })
  get(@Param('userId') userId: string) {
    return this.#answer(this.#find(userId));
  }

  @Put(':userId/activate')
  @Access({ callers, operation: 'activateUsers', userAction: true })
  activate(@Param('userId') userId: string) {
    const user = this.#findForChange(userId);
    user.isActive = true;
    return this.#answer(user);
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
    if (!user || user.isServiceAccount) throw notFound('user', { userId, orgId: this.config.orgId });
    return user;
  }

  #findForChange(userId: string): User {
    const user = this.#find(userId);
    if (user.isArchived) throw userArchived();
    return user;
  }

  #answer(user: User) {
    return userAnswer(user, this.config.orgId);
  }
}
