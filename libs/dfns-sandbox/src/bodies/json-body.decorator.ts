import { createParamDecorator, type ExecutionContext, type PipeTransform } from '@nestjs/common';
import { bodyInvalid } from '../errors/refusals.js';
import type { DfnsRequest } from '../server/dfns-request.js';
import type { Shape } from './shape.js';

/** The body's exact text. */
export const BodyText = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<DfnsRequest>().bodyText,
);

/** Hands the parsed body to the handler once the guards are content; no body counts as `{}` (spec 8.1). */
export const JsonBody = (shape: Shape<unknown>) => BodyText(new ShapePipe(shape));

class ShapePipe implements PipeTransform<string, unknown> {
  constructor(private readonly shape: Shape<unknown>) {}

  transform(body: string): unknown {
    const value = parse(body || '{}');
    const problems = this.shape.problems(value, 'body');
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
