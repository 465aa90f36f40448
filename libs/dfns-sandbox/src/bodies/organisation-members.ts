import { bodyInvalid, notFound } from '../errors/refusals.js';
import { optional, text } from './shape.js';

/** How a body without a bearer names the organisation. One of them is needed (dfns-api 20.36). */
export const organisationMembers = { orgId: optional(text()), tenantId: optional(text()) };

/**
 * Checks that the body names the organisation of this sandbox. There is one tenant, so every `tenantId` is right.
 * @throws Refusal 400 if it names none, 404 if it names another one
 */
export function assertOrganisation(body: { orgId?: string; tenantId?: string }, orgId: string): void {
  if (body.orgId === undefined && body.tenantId === undefined) {
    throw bodyInvalid(['body.orgId or body.tenantId is required']);
  }
  if ((body.orgId ?? orgId) !== orgId) throw notFound('organisation', { orgId: body.orgId });
}
