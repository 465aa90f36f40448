import { Controller, Delete, Get, Param, Post, Put } from '@nestjs/common';
import { Access, type AccessRule } from '../access/access-rule.js';
import { type Caller, CurrentCaller } from '../access/caller.js';
import { RoleStore } from '../access/role-store.js';
import { JsonBody } from '../bodies/json-body.decorator.js';
import { integer, object, optional, type ValueOf } from '../bodies/shape.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { nameTaken, notFound } from '../errors/refusals.js';
import type { PersonalAccessToken } from '../identities/personal-access-token.js';
import { type User, UserStore } from '../identities/user-store.js';
import { accessTokenAnswer, newAccessTokenMembers, renamedMembers } from '../tokens/access-token.js';
import { PersonalAccessTokenFactory } from './personal-access-token-factory.js';

const MAX_SECONDS = 63_072_000;
const createBody = object({ ...newAccessTokenMembers, secondsValid: optional(integer(1, MAX_SECONDS)) });
const updateBody = object(renamedMembers);
const callers: AccessRule['callers'] = ['CustomerEmployee', 'EndUser', 'ServiceAccount'];

/** `/auth/pats` (dfns-api 12.5): the personal access tokens of the caller. */
@Controller('auth/pats')
export class OwnAccessTokensController {
  constructor(
    private readonly config: SandboxConfig,
    private readonly users: UserStore,
    private readonly roles: RoleStore,
    private readonly factory: PersonalAccessTokenFactory,
  ) {}

  @Get()
  @Access({ callers })
  list(@CurrentCaller() { user }: Caller) {
    return { items: user.personalAccessTokens.map((token) => this.#answer(user, token)) };
  }

  @Post()
  @Access({
    callers: ['CustomerEmployee', 'EndUser'],
    operation: 'createPersonalAccessTokens',
    userAction: true,
    personalAccessTokens: false,
  })
  create(@CurrentCaller() { user }: Caller, @JsonBody(createBody) body: ValueOf<typeof createBody>) {
    const { permissionId, secondsValid, ...request } = body;
    if (permissionId) this.roles.getUsable(permissionId);
    // The number of seconds is stronger than the number of days (dfns-api 12.5).
    const lifetimeMs = secondsValid === undefined ? undefined : secondsValid * 1_000;
    const { tokenId, authToken } = this.factory.create(user, request, lifetimeMs);
    if (permissionId) this.roles.assign(permissionId, tokenId);
    return this.#answer(user, this.#find(user, tokenId), authToken);
  }

  @Get(':tokenId')
  @Access({ callers })
  get(@CurrentCaller() { user }: Caller, @Param('tokenId') tokenId: string) {
    return this.#answer(user, this.#find(user, tokenId));
  }

  @Put(':tokenId')
  @Access({ callers, userAction: true })
  update(
    @CurrentCaller() { user }: Caller,
    @Param('tokenId') tokenId: string,
    @JsonBody(updateBody) body: ValueOf<typeof updateBody>,
  ) {
    const token = this.#find(user, tokenId);
    const isTaken = user.personalAccessTokens.some((other) => other !== token && other.name === body.name);
    if (isTaken) throw nameTaken('token', String(body.name));
    return this.#answer(user, Object.assign(token, body));
  }

  @Put(':tokenId/activate')
  @Access({ callers, userAction: true })
  activate(@CurrentCaller() { user }: Caller, @Param('tokenId') tokenId: string) {
    return this.#answer(user, Object.assign(this.#find(user, tokenId), { isActive: true }));
  }

  @Put(':tokenId/deactivate')
  @Access({ callers, userAction: true })
  deactivate(@CurrentCaller() { user }: Caller, @Param('tokenId') tokenId: string) {
    return this.#answer(user, Object.assign(this.#find(user, tokenId), { isActive: false }));
  }

  @Delete(':tokenId')
  @Access({ callers, userAction: true })
  archive(@CurrentCaller() { user }: Caller, @Param('tokenId') tokenId: string) {
    const token = Object.assign(this.#find(user, tokenId), { isActive: false });
    // The user of the caller is a copy if the caller is itself a token.
    const owner = this.users.byId(user.userId) ?? user;
    owner.personalAccessTokens = owner.personalAccessTokens.filter((other) => other !== token);
    return this.#answer(user, token);
  }

  #find({ personalAccessTokens }: User, tokenId: string): PersonalAccessToken {
    const token = personalAccessTokens.find((candidate) => candidate.tokenId === tokenId);
    if (!token) throw notFound('personal access token', { tokenId, orgId: this.config.orgId });
    return token;
  }

  #answer({ userId: linkedUserId }: User, token: PersonalAccessToken, accessToken?: string) {
    const { tokenId, name, isActive, credential, assignments } = token;
    return accessTokenAnswer(
      { kind: 'Pat', tokenId, name, isActive, linkedUserId, credential, assignments },
      this.config,
      accessToken,
    );
  }
}
