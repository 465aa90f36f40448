import { Controller, Get, Param, Post } from '@nestjs/common';
import { Access, type AccessRule } from '../access/access-rule.js';
import { SERVICE_ACCOUNT_PERMISSIONS } from '../access/permissions.js';
import { JsonBody } from '../bodies/json-body.decorator.js';
import { integer, object, optional, satisfying, text, type ValueOf } from '../bodies/shape.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { parsePublicKey } from '../credentials/public-key.js';
import { notFound } from '../errors/refusals.js';
import { type User, UserStore, userAnswer } from '../identities/user-store.js';
import { ServiceAccountFactory } from './service-account-factory.js';

const publicKey = satisfying<string>('the PEM of a public signing key', (value) => {
  try {
    return Boolean(parsePublicKey(String(value)));
  } catch {
    return false;
  }
});
const createBody = object({
  name: text(),
  publicKey,
  permissionId: optional(text({ pattern: /^pm-[a-z0-9]{5}-[a-z0-9]{5}-[a-z0-9]{14,16}$/ })),
  externalId: optional(text()),
  daysValid: optional(integer(1, 730)),
});
const readers: AccessRule['callers'] = ['CustomerEmployee', 'ServiceAccount'];

/** `/auth/service-accounts` (dfns-api 12.3). */
@Controller('auth/service-accounts')
export class ServiceAccountsController {
  constructor(
    private readonly config: SandboxConfig,
    private readonly serviceAccounts: ServiceAccountFactory,
    private readonly users: UserStore,
  ) {}

  @Get()
  @Access({ callers: readers, operation: 'readServiceAccounts' })
  list() {
    const shown = this.users.all().filter(({ isServiceAccount }) => isServiceAccount);
    return { items: shown.map((user) => serviceAccountAnswer(user, this.config.orgId)) };
  }

  @Get(':serviceAccountId')
  @Access({ callers: readers, operation: 'readServiceAccounts' })
  get(@Param('serviceAccountId') serviceAccountId: string) {
    return this.#answer(serviceAccountId);
  }

  /**
   * With any `permissionId` the account may do all that a back end needs. Without one it may do nothing, as Dfns
   * documents.
   */
  @Post()
  @Access({ callers: ['CustomerEmployee'], operation: 'createServiceAccounts', userAction: true })
  create(@JsonBody(createBody) { permissionId, ...body }: ValueOf<typeof createBody>) {
    const permissions = permissionId ? SERVICE_ACCOUNT_PERMISSIONS : [];
    const { userId, authToken } = this.serviceAccounts.create({ ...body, permissions });
    return this.#answer(userId, authToken);
  }

  #answer(userId: string, authToken?: string) {
    const user = this.users.byId(userId);
    if (!user?.isServiceAccount) throw notFound('service account', { userId, orgId: this.config.orgId });
    return serviceAccountAnswer(user, this.config.orgId, authToken);
  }
}

/**
 * The JSON object that the API returns for a service account. Only a new account shows its token
 * (dfns-api 19.12).
 */
function serviceAccountAnswer(user: User, orgId: string, accessToken?: string) {
  const accessTokens = user.credentials.map(({ credId, publicKey, dateCreated }) => ({
    accessToken,
    dateCreated,
    credId,
    isActive: user.isActive,
    kind: 'ServiceAccount',
    linkedUserId: user.userId,
    linkedAppId: '',
    name: user.name,
    orgId,
    permissionAssignments: [],
    publicKey,
    tokenId: user.username,
  }));
  const { isSSORequired: _, ...userInfo } = userAnswer(user, orgId);
  return { userInfo, accessTokens };
}
