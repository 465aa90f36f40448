import type { Secret } from './options.js';

/** Milliseconds that a function given for a secret may take. */
const SECRET_TIMEOUT_MS = 10_000;

/** The problem of an option whose function failed. */
export const SECRET_NOT_FETCHED = `could not be fetched: the function given for it threw or took over ${SECRET_TIMEOUT_MS} ms`;

/**
 * The text of a secret now; `undefined` if there is none.
 *
 * @throws if the function given for it throws or takes too long
 */
export async function secretText(secret: Secret | undefined | null): Promise<unknown> {
  if (typeof secret !== 'function') return secret ?? undefined;
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(reject, SECRET_TIMEOUT_MS);
  });
  try {
    return await Promise.race([secret(), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
