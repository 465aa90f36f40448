/** What OpenAPI says of a member; the part of it that is used here. */
export interface MemberSchema {
  type?: 'string' | 'array' | (() => unknown);
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
 * Describes a member to `@nestjs/swagger`, where the application has it: through the static method that its compiler
 * plugin would write, so that nothing of it is imported here.
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

/** Makes `@nestjs/swagger` list models that only a `$ref` names. */
export function mentionModels(target: object, models: readonly object[]): void {
  const known: object[] = Reflect.getOwnMetadata('swagger/apiExtraModels', target.constructor) ?? [];
  Reflect.defineMetadata('swagger/apiExtraModels', [...known, ...models], target.constructor);
}
