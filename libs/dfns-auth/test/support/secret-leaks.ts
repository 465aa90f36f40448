import { inspect } from 'node:util';

/** Returns all texts that somebody could print of a value: inspect at any depth, JSON, string, stack and causes. */
export function printed(value: unknown): string {
  const texts = [inspect(value, { depth: Infinity, showHidden: true, getters: true, maxStringLength: Infinity })];
  texts.push(JSON.stringify(value) ?? '', String(value), Object.prototype.toString.call(value));
  if (value instanceof Error) texts.push(value.stack ?? '', `${value.message}`, printed(value.cause));
  if (value instanceof AggregateError) texts.push(...value.errors.map(printed));
  return texts.join('\n');
}

/** Returns the secrets that a text contains, also if they are split, escaped or encoded. Tests expect an empty list. */
export function leaks(text: string, secrets: readonly string[]): string[] {
  const texts = [new SearchedText(text), new SearchedText(text.replace(/[^A-Za-z0-9]/g, ''))];
  return secrets.filter((secret) => formsOf(secret).some((form) => texts.some((where) => where.includes(form))));
}

const knownForms = new Map<string, string[]>();

function formsOf(secret: string): string[] {
  const known = knownForms.get(secret);
  if (known) return known;
  const forms = new Set([
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('base64'),
    Buffer.from(secret).toString('base64url'),
    secret.replace(/[^A-Za-z0-9]/g, ''),
  ]);
  knownForms.set(secret, [...forms]);
  return [...forms];
}

/** A text with an index of all its pieces: to look for each of some thousand secrets in the text itself takes seconds. */
class SearchedText {
  static readonly #LENGTH = 12;
  readonly #pieces = new Set<string>();

  constructor(private readonly text: string) {
    for (let i = 0; i + SearchedText.#LENGTH <= text.length; i += 1) {
      this.#pieces.add(text.slice(i, i + SearchedText.#LENGTH));
    }
  }

  includes(form: string): boolean {
    if (form.length < SearchedText.#LENGTH) return this.text.includes(form);
    return this.#pieces.has(form.slice(0, SearchedText.#LENGTH)) && this.text.includes(form);
  }
}
