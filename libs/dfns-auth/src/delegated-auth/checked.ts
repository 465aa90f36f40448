import { type ClassConstructor, plainToInstance } from 'class-transformer';
import { type ValidationError, validateSync } from 'class-validator';
import { DfnsError } from '../errors/dfns.error.js';

/**
 * The request as an instance of its DTO, checked the way a strict `ValidationPipe` would, so that nothing that did not
 * come through one reaches Dfns unchecked.
 *
 * @throws DfnsError `DFNS_BAD_REQUEST` that names the members at fault, not their values
 */
export function checked<T extends object>(Dto: ClassConstructor<T>, request: T): T {
  const instance = plainToInstance(Dto, request);
  const isOne = typeof instance === 'object' && instance !== null && !Array.isArray(instance);
  const errors = isOne ? validateSync(instance, { whitelist: true, forbidNonWhitelisted: true }) : [];
  if (!isOne || errors.length > 0) {
    throw new DfnsError('DFNS_BAD_REQUEST', `the request is not valid: ${problems(errors).join('; ') || 'no object'}`);
  }
  return instance;
}

function problems(errors: ValidationError[], path = ''): string[] {
  return errors.flatMap(({ property, constraints, children }) => [
    ...Object.values(constraints ?? {}).map((problem) => `${path}${problem}`),
    ...problems(children ?? [], `${path}${property}.`),
  ]);
}
