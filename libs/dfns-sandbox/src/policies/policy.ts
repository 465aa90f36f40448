import {
  anything,
  boolean,
  choice,
  integer,
  list,
  object,
  oneOf,
  optional,
  satisfying,
  text,
  type ValueOf,
} from '../bodies/shape.js';
import { incomingVendorRules, vendorRules } from './vendor-rules.js';

const MAX_MINUTES = 43_200;

const limit = satisfying<number>('a number from 0', (value) => typeof value === 'number' && value >= 0);
const timeframe = integer(1, MAX_MINUTES);
const always = { configuration: optional(object({})) };
const configured = <M extends Parameters<typeof object>[0]>(members: M) => ({ configuration: object(members) });

const signingRule = choice('kind', {
  AlwaysTrigger: always,
  TransactionRecipientWhitelist: configured({ addresses: list(text()) }),
  TransactionAmountLimit: configured({ limit, currency: oneOf('USD') }),
  TransactionAmountVelocity: configured({ limit, currency: oneOf('USD'), timeframe }),
  TransactionCountVelocity: configured({ limit, timeframe }),
  ...vendorRules,
});
const alwaysRule = choice('kind', { AlwaysTrigger: always });

const approvalGroup = object({
  name: optional(text()),
  quorum: integer(1, 1_000),
  approvers: object({ userId: optional(object({ in: list(text()) })) }),
  initiatorCanApprove: optional(boolean()),
  serviceAccountsCanApprove: optional(boolean()),
});
const minutes = satisfying<number | null>(
  'a number of minutes, or null',
  (value) => value === null || (Number.isInteger(value) && Number(value) > 0),
);
const requestApproval = {
  approvalGroups: satisfying<ApprovalGroup[]>('a list of approval groups', (value) => {
    return Array.isArray(value) && value.length > 0 && list(approvalGroup).problems(value, '').length === 0;
  }),
  autoRejectTimeout: optional(minutes),
};
const approve = choice('kind', { RequestApproval: requestApproval });
const approveOrBlock = choice('kind', { RequestApproval: requestApproval, Block: {} });
const anyAction = choice('kind', { RequestApproval: requestApproval, Block: {}, NoAction: {} });

const oneOfIds = object({ in: list(text()) });
const ofWallets = object({
  walletId: optional(oneOfIds),
  walletTags: optional(object({ hasAny: optional(list(text())), hasAll: optional(list(text())) })),
});
const ofPermissions = object({ permissionId: oneOfIds });
const name = text({ max: 100 });
const kindsOfChange = (action: typeof approveOrBlock, filters: ReturnType<typeof anything>) => ({
  name,
  rule: alwaysRule,
  action,
  filters: optional(filters),
});

/** The body of `POST /v2/policies` and `PUT /v2/policies/{policyId}` (dfns-api 16.8). */
export const policyBody = choice('activityKind', {
  'Wallets:Sign': { name, rule: signingRule, action: anyAction, filters: optional(ofWallets) },
  'Wallets:IncomingTransaction': {
    name,
    rule: choice('kind', incomingVendorRules),
    action: choice('kind', { NoAction: {} }),
    filters: optional(ofWallets),
  },
  'Permissions:Assign': kindsOfChange(approveOrBlock, ofPermissions),
  'Permissions:Modify': kindsOfChange(approveOrBlock, ofPermissions),
  'Policies:Modify': {
    name,
    rule: alwaysRule,
    action: approve,
    filters: optional(object({ policyId: oneOfIds })),
  },
  'Registry:Addresses:Modify': kindsOfChange(approveOrBlock, object({})),
  'Registry:ContractSchemas:Modify': kindsOfChange(approveOrBlock, object({})),
});
export type PolicyBody = ValueOf<typeof policyBody>;
export type ActivityKind = PolicyBody['activityKind'];
export type ApprovalGroup = ValueOf<typeof approvalGroup>;
export type SigningRule = ValueOf<typeof signingRule>;

/** The JSON object that the API returns for a policy (dfns-api 16.8). */
export type Policy = PolicyBody & {
  id: string;
  status: 'Active' | 'Archived';
  dateCreated: string;
  dateUpdated: string;
};
