import type { ClassConstructor } from 'class-transformer';
import { type ValidationError, validateSync } from 'class-validator';
import { DfnsError } from '../errors/dfns-error.js';
import { convertShallow, MAX_DEPTH } from './bounded.js';

/** Member names that `plainToInstance` drops silently, or that change a prototype. */
const RESERVED = ['__proto__', 'constructor', 'prototype'];
/** Most problems that a message lists, and most characters that it shows of a member's name. */
const MAX_PROBLEMS = 10;
const MAX_NAME = 64;
/** Characters that break a line, are not shown, or change how others are shown. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

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
  const instance = convertShallow(Dto, request);
  const errors = validateSync(instance, { whitelist: true, forbidNonWhitelisted: true });
  if (errors.length > 0) throw invalid(problems(errors));
  return instance;
}

/** The path of a member that no request may have, because its name is reserved or it is nested too deep. */
function reservedMember(value: unknown, depth = 1): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, member] of Object.entries(value)) {
    if (RESERVED.includes(name) || depth > MAX_DEPTH) return shown(name);
    const inner = reservedMember(member, depth + 1);
    if (inner !== undefined) return `${shown(name)}.${inner}`;
  }
  return undefined;
}

function invalid(reasons: string[]): DfnsError {
  const more = reasons.length - MAX_PROBLEMS;
  const listed = [...reasons.slice(0, MAX_PROBLEMS), ...(more > 0 ? [`${more} more`] : [])];
  return new DfnsError('DFNS_BAD_REQUEST', `the request is not valid: ${listed.join('; ')}`);
}

function problems(errors: ValidationError[], path = ''): string[] {
  return errors.flatMap(({ property, constraints, children }) => [
    ...Object.entries(constraints ?? {}).map(([rule, problem]) =>
      // Only this rule is about a member whose name the sender has chosen.
      rule === 'whitelistValidation' ? `property ${path}${shown(property)} should not exist` : `${path}${problem}`,
    ),
    ...problems(children ?? [], `${path}${property}.`),
  ]);
}

/** The name of a member as a message may hold it. The sender of the request has chosen it. */
function shown(name: string): string {
  const cut = name.length > MAX_NAME ? `${name.slice(0, MAX_NAME)}…` : name;
  return cut.replace(UNPRINTABLE, '\ufffd');
}
