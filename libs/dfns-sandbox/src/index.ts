export type { Lifetimes, RelyingParty, SandboxOptions } from './configuration/sandbox-options.js';
export { DfnsSandbox } from './dfns-sandbox.js';
export type { Fault } from './faults/fault.js';
export type { CreatedServiceAccount, ServiceAccountRequest } from './identities/service-accounts.js';
export type { User, UserKind } from './identities/user.js';
export type { CreatedUser, UserRequest } from './identities/users.js';
export type { ReceivedRequest } from './server/request-log.js';
