/** The OpenAPI schema of a member, as far as it is used here. */
export interface MemberSchema {
  type?: 'string' | 'integer' | 'boolean' | 'array' | (() => unknown);
  items?: MemberSchema;
  minItems?: number;
  minimum?: number;
  maximum?: number;
  isArray?: boolean;
  required?: boolean;
  description?: string;
  minLength?: number;
  maxLength?: number;
  maxItems?: number;
  pattern?: string;
  enum?: readonly string[];
  oneOf?: { $ref: string }[];
}

interface Described {
  _OPENAPI_METADATA_FACTORY?: () => Record<string, MemberSchema>;
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
      return { ...described, [property]: { ...schema, ...described[String(property)] } };
    };
  };
}

/** Makes `@nestjs/swagger` list models that are named only by a `$ref`. */
export function mentionModels(target: object, models: readonly object[]): void {
  const known: object[] = Reflect.getOwnMetadata('swagger/apiExtraModels', target.constructor) ?? [];
  Reflect.defineMetadata('swagger/apiExtraModels', [...known, ...models], target.constructor);
}
