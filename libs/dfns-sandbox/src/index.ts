export type { SandboxClock } from './configuration/sandbox-clock.js';
export type { Lifetimes, RelyingParty, SandboxOptions } from './configuration/sandbox-config.js';
export { DfnsSandbox } from './dfns-sandbox.js';
export type { Fault } from './faults/fault.js';
export type { PlannedFault } from './faults/fault-plan.js';
export type { User, UserKind } from './identities/user-store.js';
export type { ReceivedRequest } from './journal/call-record.js';
export type { CreatedServiceAccount, ServiceAccountRequest } from './service-accounts/service-account-factory.js';
export type { CreatedUser, UserRequest } from './users/user-factory.js';
