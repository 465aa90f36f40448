import { BadRequestException } from '@nestjs/common';
import { type ClassConstructor, Exclude, Expose, instanceToPlain, plainToInstance, Type } from 'class-transformer';
import { standardSchema } from './standard-schema.js';

/** Deepest nesting of a body. class-transformer is recursive, so a deeper value could overflow the stack. */
export const MAX_DEPTH = 8;

/** The one member that class-transformer reads of a bounded class. It has no value. */
const WHOLE_BODY = 'whole body';

/** For each bounded class, a class with its members and without its bound. */
const UNBOUNDED = new WeakMap<ClassConstructor<object>, ClassConstructor<object>>();

/** Converts a body that is known not to be nested too deep to its class. */
export function convertShallow<T extends object>(model: ClassConstructor<T>, body: object): T {
  const Unbounded = UNBOUNDED.get(model);
  return Unbounded ? Object.assign(new model(), plainToInstance(Unbounded, body)) : plainToInstance(model, body);
}

/**
 * Refuses bodies that are nested too deep before class-transformer converts them, also in a `ValidationPipe`. Without
 * it, class-transformer converts unknown members first, at any depth. So it may only read {@link WHOLE_BODY}, whose
 * type function checks the body and then converts it. Subclasses are not bounded, except with their own decorator.
 * It also offers the rules as `~standard`.
 */
export function Bounded<T extends object>(model: ClassConstructor<T>): void {
  // A subclass has its own: the getter is called on it.
  Object.defineProperty(model, '~standard', {
    get(this: ClassConstructor<object>) {
      return standardSchema(this);
    },
  });
  class Unbounded extends (model as ClassConstructor<object>) {}
  UNBOUNDED.set(model, Unbounded);
  const isOfModel = (value: object) => Object.getPrototypeOf(value) === model.prototype;
  const convert = (object: object, result: object): void => {
    if (isOfModel(result)) Object.assign(result, plainToInstance(Unbounded, shallow(object)));
    else if (isOfModel(object) && !(result instanceof Unbounded)) {
      Object.assign(result, instanceToPlain({ ...object }));
      Object.defineProperty(result, WHOLE_BODY, { writable: true });
    }
  };
  Object.defineProperty(model.prototype, WHOLE_BODY, { get: () => undefined, set: () => {} });
  Exclude()(model);
  Expose()(model.prototype, WHOLE_BODY);
  Type((options) => {
    if (options) convert(options.object, options.newObject);
    return Object;
  })(model.prototype, WHOLE_BODY);
}

function shallow(body: object): object {
  if (!isShallow(body, MAX_DEPTH)) throw new BadRequestException(`the body is nested deeper than ${MAX_DEPTH} levels`);
  return body;
}

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((member) => isShallow(member, levels - 1));
}
