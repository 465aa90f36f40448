import { createParamDecorator, type ExecutionContext, type PipeTransform } from '@nestjs/common';
import { bodyInvalid } from '../errors/refusals.js';
import { check } from '../journal/call-record.js';
import type { DfnsRequest } from '../server/dfns-request.js';
import type { Shape } from './shape.js';

/** Gives the exact text of the body to the parameter of a handler. */
export const BodyText = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<DfnsRequest>().bodyText,
);

/**
 * Checks the body after the guards, and gives it to the parameter of a handler. No body is the same as `{}` (dfns-api 7.3).
 */
export const JsonBody = (shape: Shape<unknown>) => BodyText(new ShapePipe(shape));

class ShapePipe implements PipeTransform<string, unknown> {
  constructor(private readonly shape: Shape<unknown>) {}

  transform(body: string): unknown {
    const value = parse(body || '{}');
    const problems = this.shape.problems(value, 'body');
    check('form of the body', problems.length === 0, problems.join('; ') || undefined);
    if (problems.length > 0) throw bodyInvalid(problems);
    return value;
  }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw bodyInvalid(['body must be JSON']);
  }
}
