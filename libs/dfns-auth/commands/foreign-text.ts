import { SecretScrubber } from '#library/http/secret-scrubber.js';

/** The variables that hold a secret. */
const SECRETS = ['DFNS_AUTH_TOKEN', 'DFNS_PRIVATE_KEY', 'DFNS_PRIVATE_KEY_PASSPHRASE', 'DFNS_SEALING_KEY'];
/** A text with fewer letters and digits is a part of too many harmless ones. */
const MIN_LETTERS = 8;

const scrubber = new SecretScrubber();

/** Remembers the secrets among the variables of this process, and `more`, so that {@link foreignText} removes them. */
export function rememberSecrets(more: readonly string[] = []): void {
  const known = SECRETS.map((name) => process.env[name] ?? '');
  // A key may come back with one of its lines only.
  for (const line of [...known, ...more].flatMap((secret) => [secret, ...secret.split(/\\n|\n/)])) {
    if (line.replace(/\W/g, '').length >= MIN_LETTERS && !/^-+(BEGIN|END)[^\n]*$/.test(line)) scrubber.add(line);
  }
}

/** A text that somebody else has written, such as Dfns or a server between: one line without secrets. */
export function foreignText(text: string): string {
  return scrubber.scrub(text);
}
