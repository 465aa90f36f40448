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
  const forms = [text, text.replace(/[^A-Za-z0-9]/g, '')];
  return secrets.filter((secret) =>
    [
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      Buffer.from(secret).toString('base64'),
      Buffer.from(secret).toString('base64url'),
      secret.replace(/[^A-Za-z0-9]/g, ''),
    ].some((form) => forms.some((where) => where.includes(form))),
  );
}
