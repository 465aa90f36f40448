import { applyDecorators } from '@nestjs/common';
import { ValidateBy, ValidateIf } from 'class-validator';
import { oneOf, Schema } from './schema.js';

const BASE64URL = '^(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-]{2}(?:==)?|[A-Za-z0-9_-]{3}=?)?$';

/** Text of 1 to `maxLength` characters. */
export const Text = (maxLength: number): PropertyDecorator => text(maxLength, 'text');

/** Base64url of 1 to `maxLength` characters; padding is accepted (dfns-api 20.16). */
export const Base64url = (maxLength: number): PropertyDecorator => text(maxLength, 'base64url text', BASE64URL);

/** Text of 1 to `maxLength` characters that matches the regular expression `pattern`, in the syntax of OpenAPI. */
export const TextLike = (maxLength: number, pattern: string): PropertyDecorator =>
  text(maxLength, `text like ${pattern}`, pattern);

export function OneOf(...values: string[]): PropertyDecorator {
  const isOne = (value: unknown) => values.includes(value as string);
  return applyDecorators(rule('isOneOf', `must be ${values.join(' or ')}`, isOne), Schema(oneOf(...values)));
}

/** A whole number from `min` to `max`. */
export function Whole(min: number, max: number): PropertyDecorator {
  const fits = (value: unknown) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
  return applyDecorators(
    rule('isWhole', `must be a whole number from ${min} to ${max}`, fits),
    Schema({ type: 'integer', minimum: min, maximum: max }),
  );
}

export const Flag = (): PropertyDecorator =>
  applyDecorators(
    rule('isFlag', 'must be true or false', (value) => typeof value === 'boolean'),
    Schema({ type: 'boolean' }),
  );

/** A list of 1 to `maxItems` texts, each of 1 to `maxLength` characters that match `pattern`. */
export function TextsLike(maxItems: number, maxLength: number, pattern: string): PropertyDecorator {
  const form = new RegExp(pattern);
  const isItem = (item: unknown) => typeof item === 'string' && item.length <= maxLength && form.test(item);
  const fits = (value: unknown) =>
    Array.isArray(value) && value.length > 0 && value.length <= maxItems && value.every(isItem);
  return applyDecorators(
    rule('isListOfTexts', `must be a list of 1 to ${maxItems} texts like ${pattern}`, fits),
    Schema({ type: 'array', items: { type: 'string', maxLength, pattern }, minItems: 1, maxItems }),
  );
}

function text(maxLength: number, what: string, pattern?: string): PropertyDecorator {
  const form = pattern === undefined ? undefined : new RegExp(pattern);
  const fits = (value: unknown) =>
    typeof value === 'string' && value !== '' && value.length <= maxLength && (form?.test(value) ?? true);
  return applyDecorators(
    rule('isText', `must be ${what} of 1 to ${maxLength} characters`, fits),
    Schema({ type: 'string', minLength: 1, maxLength, ...(pattern && { pattern }) }),
  );
}

/** A rule whose message names the member, never its value. */
export function rule(name: string, message: string, validate: (value: unknown) => boolean): PropertyDecorator {
  return ValidateBy({ name, validator: { validate, defaultMessage: () => `$property ${message}` } });
}

/** The member may be missing, but not `null`, which Dfns refuses. Write it above the other rules of the member. */
export const Optional = (): PropertyDecorator =>
  applyDecorators(
    ValidateIf((_object, value) => value !== undefined),
    Schema({ required: false }),
  );
