import type { DfnsError } from 'nestjs-dfns-auth';

/** Returns the error of a call that fails, and `undefined` for a call that succeeds. */
export function failureOf(call: Promise<unknown>): Promise<DfnsError | undefined> {
  return call.then(
    () => undefined,
    (error: unknown) => error as DfnsError,
  );
}
