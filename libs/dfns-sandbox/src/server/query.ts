import { bodyInvalid } from '../errors/refusals.js';

/** Checks a parameter of the query that is `true`, `false` or missing. @throws Refusal 400 */
export function assertFlag(name: string, value: unknown): void {
  if (value === undefined || value === 'true' || value === 'false') return;
  throw bodyInvalid([`the query parameter ${name} must be true or false`]);
}

/** Checks a parameter of the query that is one of several texts, or missing. @throws Refusal 400 */
export function assertOneOf(name: string, value: unknown, values: readonly string[]): void {
  if (value === undefined || values.includes(value as string)) return;
  throw bodyInvalid([`the query parameter ${name} must be one of ${values.join(', ')}`]);
}
