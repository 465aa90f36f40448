import { HttpException, ValidationPipe } from '@nestjs/common';

/** What a class offers as `~standard`: the Standard Schema interface, version 1 (standardschema.dev). */
export interface StandardSchema<T> {
  readonly version: 1;
  readonly vendor: 'nestjs-dfns-auth';
  /** Converts a body to the class. An issue has the same text as the message of a strict `ValidationPipe`. */
  validate(value: unknown): Promise<StandardResult<T>>;
  /** For types only. */
  readonly types?: { readonly input: T; readonly output: T };
}

/** A converted body, or what is wrong with it. */
export type StandardResult<T> =
  | { readonly value: T; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string }[] };

let strictPipe: ValidationPipe | undefined;

/**
 * The Standard Schema of a class, for `@Body({ schema })` of Nest 12. The rules are those of class-validator, and the pipe
 * of Nest applies them, so that both ways accept the same bodies and tell the same messages.
 */
export function standardSchema<T extends object>(model: new () => T): StandardSchema<T> {
  return {
    version: 1,
    vendor: 'nestjs-dfns-auth',
    async validate(value) {
      strictPipe ??= new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true });
      try {
        return { value: await strictPipe.transform(value, { type: 'body', metatype: model }) };
      } catch (error) {
        if (!(error instanceof HttpException)) throw error;
        const { message } = error.getResponse() as { message: string | string[] };
        return { issues: [message].flat().map((text) => ({ message: text })) };
      }
    },
  };
}
