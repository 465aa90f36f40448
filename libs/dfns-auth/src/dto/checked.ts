import { type ClassConstructor, plainToInstance } from 'class-transformer';
import { type ValidationError, validateSync } from 'class-validator';
import { DfnsError } from '../errors/dfns-error.js';

/** Deepest nesting of a request. `plainToInstance` is recursive, so a deeper value could overflow the stack. */
const MAX_DEPTH = 8;
/** Member names that `plainToInstance` drops silently, or that change a prototype. */
const RESERVED = ['__proto__', 'constructor', 'prototype'];

/**
 * Converts a request to its DTO and checks it as a strict `ValidationPipe` does, because not every request has passed
 * one. The members keep their order.
 *
 * @throws DfnsError `DFNS_BAD_REQUEST`; the message names the wrong members, not their values
 */
export function checked<T extends object>(Dto: ClassConstructor<T>, request: T): T {
  if (typeof request !== 'object' || request === null || Array.isArray(request)) throw invalid(['no object']);
  const reserved = reservedMember(request);
  if (reserved !== undefined) throw invalid([`${reserved} is not a member of any request`]);
  const instance = plainToInstance(Dto, request);
  const errors = validateSync(instance, { whitelist: true, forbidNonWhitelisted: true });
  if (errors.length > 0) throw invalid(problems(errors));
  return instance;
}

/** The path of a member that no request may have, because its name is reserved or it is nested too deep. */
function reservedMember(value: unknown, depth = 1): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, member] of Object.entries(value)) {
    if (RESERVED.includes(name) || depth > MAX_DEPTH) return name;
    const inner = reservedMember(member, depth + 1);
    if (inner !== undefined) return `${name}.${inner}`;
  }
  return undefined;
}

function invalid(reasons: string[]): DfnsError {
  return new DfnsError('DFNS_BAD_REQUEST', `the request is not valid: ${reasons.join('; ')}`);
}

function problems(errors: ValidationError[], path = ''): string[] {
  return errors.flatMap(({ property, constraints, children }) => [
    ...Object.values(constraints ?? {}).map((problem) => `${path}${problem}`),
    ...problems(children ?? [], `${path}${property}.`),
  ]);
}
