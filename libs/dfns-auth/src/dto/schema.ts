/** The OpenAPI schema of a member, as far as it is used here. */
export interface MemberSchema {
  type?: 'string' | 'integer' | 'boolean' | 'array' | 'object' | (() => unknown);
  format?: 'date-time';
  example?: unknown;
  items?: MemberSchema;
  minItems?: number;
  minimum?: number;
  maximum?: number;
  isArray?: boolean;
  /** Whether an object must have the member. Default: true. */
  required?: boolean;
  /** The members of an object, if `type` is `'object'`. */
  properties?: Record<string, MemberSchema>;
  minLength?: number;
  maxLength?: number;
  maxItems?: number;
  pattern?: string;
  enum?: readonly string[];
  oneOf?: { $ref: string }[];
  discriminator?: { propertyName: string; mapping: Record<string, string> };
}

interface Described {
  _OPENAPI_METADATA_FACTORY?: () => Record<string, object>;
}

/**
 * Describes a member for `@nestjs/swagger`, if the application uses it. It defines the static method that the compiler
 * plugin of `@nestjs/swagger` would generate, so that nothing is imported from `@nestjs/swagger`.
 */
export function Schema(schema: MemberSchema): PropertyDecorator {
  return (target, property) => {
    const model = target.constructor as Described;
    const others = Object.hasOwn(model, '_OPENAPI_METADATA_FACTORY') ? model._OPENAPI_METADATA_FACTORY : undefined;
    model._OPENAPI_METADATA_FACTORY = () => {
      const described = others?.() ?? {};
      return { ...described, [property]: { ...ofMember(schema), ...described[String(property)] } };
    };
  };
}

/** An example of a member. The examples of all members of a body together are a body that passes the rules. */
export const Example = (example: unknown): PropertyDecorator => Schema({ example });

/** The schema of a member of a class. `required` is about the member; an object has a list of this name. */
function ofMember({ required, ...schema }: MemberSchema): object {
  const isRequired = schema.properties ? { selfRequired: required ?? true } : required === false && { required };
  return { ...ofValue(schema), ...isRequired };
}

function ofValue({ required: _, ...schema }: MemberSchema): object {
  const { properties, items } = schema;
  if (items) return { ...schema, items: ofValue(items) };
  if (!properties) return schema;
  const members = Object.entries(properties);
  const required = members.flatMap(([name, { required = true }]) => (required ? [name] : []));
  return {
    ...schema,
    properties: Object.fromEntries(members.map(([name, member]) => [name, ofValue(member)])),
    ...(required.length > 0 && { required }),
  };
}

/** Makes `@nestjs/swagger` list models that are named only by a `$ref`. */
export function mentionModels(target: object, models: readonly object[]): void {
  const known: object[] = Reflect.getOwnMetadata('swagger/apiExtraModels', target.constructor) ?? [];
  Reflect.defineMetadata('swagger/apiExtraModels', [...known, ...models], target.constructor);
}

export const referenceTo = ({ name }: { name: string }): { $ref: string } => ({
  $ref: `#/components/schemas/${name}`,
});

/** A text in an answer. */
export const aText = (example: string): MemberSchema => ({ type: 'string', example });

export const aFlag = (example: boolean): MemberSchema => ({ type: 'boolean', example });

/** A time in an answer, ISO 8601. */
export const aTime = (): MemberSchema => ({ type: 'string', format: 'date-time', example: '2026-01-31T12:00:00.000Z' });

export const oneOf = (...values: readonly string[]): MemberSchema => ({
  type: 'string',
  enum: values,
  example: values[0],
});

export const anObject = (properties: Record<string, MemberSchema>): MemberSchema => ({ type: 'object', properties });

export const aList = (items: MemberSchema): MemberSchema => ({ type: 'array', items });

/** A member of an answer that may be missing. */
export const optional = (schema: MemberSchema): MemberSchema => ({ ...schema, required: false });
