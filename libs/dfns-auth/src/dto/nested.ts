import { applyDecorators } from '@nestjs/common';
import { type ClassConstructor, Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, ValidateNested } from 'class-validator';
import { isJsonObject } from '../http/answer.js';
import { rule } from './rules.js';
import { mentionModels, referenceTo, Schema } from './schema.js';

type Model = ClassConstructor<object>;

/** An object of one class. A list of objects is refused, which `ValidateNested` alone accepts. */
export const Nested = (model: Model): PropertyDecorator =>
  applyDecorators(
    Type(() => model),
    rule('isObject', 'must be an object', isJsonObject),
    ValidateNested(),
    Schema({ type: () => model }),
  );

/** A list of at most `maxItems` objects of one class. */
export const NestedList = (model: Model, maxItems: number): PropertyDecorator =>
  applyDecorators(
    Type(() => model),
    IsArray(),
    ArrayMaxSize(maxItems),
    rule('isListOfObjects', 'must be a list of objects', (value) => Array.isArray(value) && value.every(isJsonObject)),
    ValidateNested({ each: true }),
    Schema({ type: () => model, isArray: true, maxItems }),
  );

/** An object of one of several classes. The text in its member `discriminator` selects the class. */
export function NestedByKind(discriminator: string, models: Record<string, Model>): PropertyDecorator {
  const byKind = new Map(Object.entries(models));
  const modelOf = (value: unknown) => (isJsonObject(value) ? byKind.get(value[discriminator] as string) : undefined);
  const all = [...byKind.values()];
  return applyDecorators(
    Type((options) => modelOf(options?.object[options.property]) ?? UnknownKind),
    rule(
      'isOfKnownKind',
      `must be an object whose ${discriminator} is ${[...byKind.keys()].join(' or ')}`,
      (value) => modelOf(value) !== undefined,
    ),
    ValidateNested(),
    (target: object, property: string | symbol) => {
      mentionModels(target, all);
      // If there is only one class, the compiler emits it as `design:type`, and OpenAPI would name it twice.
      Reflect.defineMetadata('design:type', Object, target, property);
    },
    Schema({
      oneOf: all.map(referenceTo),
      discriminator: {
        propertyName: discriminator,
        mapping: Object.fromEntries([...byKind].map(([kind, model]) => [kind, referenceTo(model).$ref])),
      },
    }),
  );
}

/** The class of an object of unknown kind. The rule `isOfKnownKind` refuses such an object. */
class UnknownKind {}
