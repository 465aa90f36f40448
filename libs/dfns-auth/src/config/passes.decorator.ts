import { registerDecorator, type ValidationArguments } from 'class-validator';

/**
 * Validates a property with a check that answers what is wrong, or nothing; the answer is the message. Nothing of the
 * value reaches the message.
 */
export function Passes<T extends object>(check: (value: unknown, target: T) => string | undefined): PropertyDecorator {
  const problem = ({ value, object }: ValidationArguments) => check(value, object as T);
  return (target, property) =>
    registerDecorator({
      name: 'passes',
      target: target.constructor,
      propertyName: String(property),
      validator: {
        validate: (_value, args) => problem(args as ValidationArguments) === undefined,
        defaultMessage: (args) => problem(args as ValidationArguments) ?? '',
      },
    });
}
