/** A rule for a JSON value, and the type of the value. */
export interface Shape<T> {
  /** Describes all that is wrong with `value`. `at` is the path of the value, such as `body.name`. */
  problems(value: unknown, at: string): string[];
  readonly isOptional?: boolean;
  readonly type?: T;
  /** The same rule as JSON Schema. */
  readonly schema?: object;
}
export interface OptionalShape<T> extends Shape<T> {
  readonly isOptional: true;
}

/** The type that a shape describes. */
export type ValueOf<S> = S extends Shape<infer T> ? T : never;

type Members = Record<string, Shape<unknown>>;
type OptionalName<M> = { [K in keyof M]: M[K] extends OptionalShape<unknown> ? K : never }[keyof M];
type ObjectOf<M extends Members> = { [K in Exclude<keyof M, OptionalName<M>>]: ValueOf<M[K]> } & {
  [K in OptionalName<M>]?: ValueOf<M[K]>;
};

/** A value for which `holds` is true. `expected` describes the value for the error message. */
export const satisfying = <T>(expected: string, holds: (value: unknown) => boolean, schema = {}): Shape<T> => ({
  problems: (value, at) => (holds(value) ? [] : [`${at} must be ${expected}`]),
  schema,
});

/** The same shape, with words for its JSON Schema. */
export const described = <S extends Shape<unknown>>(description: string, shape: S): S => ({
  ...shape,
  schema: { description, ...shape.schema },
});

/** A text. By default it has at least one character. */
export const text = ({ min = 1, max = Number.POSITIVE_INFINITY, pattern = /^/ } = {}) =>
  satisfying<string>(
    'a text of the documented form',
    (value) => typeof value === 'string' && value.length >= min && value.length <= max && pattern.test(value),
    {
      type: 'string',
      ...(min > 0 && { minLength: min }),
      ...(max < Number.POSITIVE_INFINITY && { maxLength: max }),
      ...(pattern.source !== '^' && { pattern: pattern.source }),
    },
  );

export const boolean = () =>
  satisfying<boolean>('true or false', (value) => typeof value === 'boolean', { type: 'boolean' });

export const integer = (min: number, max: number) =>
  satisfying<number>(
    `a whole number from ${min} to ${max}`,
    (value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max,
    { type: 'integer', minimum: min, maximum: max },
  );

export const oneOf = <const T extends string>(...values: readonly T[]) =>
  satisfying<T>('one of the documented values', (value) => values.includes(value as T), { enum: values });

export const anything = () => satisfying<unknown>('anything', () => true);

export const optional = <T>(shape: Shape<T>): OptionalShape<T> => ({ ...shape, isOptional: true });

export const list = <T>(item: Shape<T>, max = Number.POSITIVE_INFINITY): Shape<T[]> => ({
  problems: (value, at) => {
    if (!Array.isArray(value) || value.length > max) return [`${at} must be a list of at most ${max}`];
    return value.flatMap((entry, index) => item.problems(entry, `${at}[${index}]`));
  },
  schema: { type: 'array', items: item.schema ?? {}, ...(max < Number.POSITIVE_INFINITY && { maxItems: max }) },
});

/** An object. Unknown members are refused, except with `open`. */
export const object = <M extends Members>(members: M, { open = false } = {}): Shape<ObjectOf<M>> => ({
  problems: (value, at) => {
    if (!isObject(value)) return [`${at} must be an object`];
    const unknown = Object.keys(value).filter((name) => !open && !Object.hasOwn(members, name));
    return [
      ...unknown.map((name) => `${at}.${name} is not a known member`),
      ...Object.entries(members).flatMap(([name, shape]) => {
        if (value[name] === undefined) return shape.isOptional ? [] : [`${at}.${name} is required`];
        return shape.problems(value[name], `${at}.${name}`);
      }),
    ];
  },
  schema: {
    type: 'object',
    properties: Object.fromEntries(Object.entries(members).map(([name, { schema = {} }]) => [name, schema])),
    required: Object.keys(members).filter((name) => !members[name]?.isOptional),
    additionalProperties: open,
  },
});

/** One of several objects. The text of the member `name` selects it. */
export const choice = <const N extends string, C extends Record<string, Members>>(name: N, cases: C) => {
  type Case = { [K in keyof C & string]: ObjectOf<C[K]> & { [P in N]: K } }[keyof C & string];
  const shapes = new Map(
    Object.entries(cases).map(([kind, members]) => [kind, object({ ...members, [name]: oneOf(kind) })]),
  );
  return {
    problems: (value, at) => {
      const shape = isObject(value) ? shapes.get(String(value[name])) : undefined;
      return shape ? shape.problems(value, at) : [`${at}.${name} must be one of ${[...shapes.keys()].join(', ')}`];
    },
    schema: { oneOf: [...shapes.values()].map(({ schema }) => schema) },
  } as Shape<Case>;
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
