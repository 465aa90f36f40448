import { isJsonObject, type JsonObject } from '../client/json.js';
import { DfnsError } from '../errors/dfns.error.js';
import type { Page } from './all-pages.js';

/**
 * Reads members of an answer of Dfns, each with its type, by a name that tells where it was.
 *
 * @throws DfnsError `DFNS_MALFORMED_RESPONSE` from every method, for a member that is missing or of another type
 */
export class AnswerMembers {
  readonly #members: JsonObject;
  /** What was answered, e.g. `GET /auth/users`. */
  readonly operation: string;
  readonly #path: string;

  constructor(answer: unknown, operation: string, path = '') {
    this.operation = operation;
    this.#path = path;
    if (!isJsonObject(answer)) throw this.#holdsNo('object', path.replace(/\.$/, ''));
    this.#members = answer;
  }

  text(name: string): string {
    return this.optionalText(name) ?? this.#refuse('text', name);
  }

  /** `undefined` for what is missing or `null`. */
  optionalText(name: string): string | undefined {
    const value = this.#members[name] ?? undefined;
    return value === undefined || typeof value === 'string' ? value : this.#refuse('text', name);
  }

  flag(name: string): boolean {
    const value = this.#members[name];
    return typeof value === 'boolean' ? value : this.#refuse('true or false', name);
  }

  number(name: string): number {
    const value = this.#members[name];
    return typeof value === 'number' ? value : this.#refuse('number', name);
  }

  object(name: string): AnswerMembers {
    return new AnswerMembers(this.#members[name], this.operation, `${this.#path}${name}.`);
  }

  has(name: string): boolean {
    return (this.#members[name] ?? undefined) !== undefined;
  }

  texts(name: string): string[] {
    const items = this.#list(name);
    return items.every((item) => typeof item === 'string') ? items : this.#refuse('list of texts', name);
  }

  /** Each item of a list of objects, read. */
  list<T>(name: string, read: (item: AnswerMembers) => T): T[] {
    return this.#list(name).map((item, index) =>
      read(new AnswerMembers(item, this.operation, `${this.#path}${name}[${index}].`)),
    );
  }

  /** The object with all that Dfns put into it, known or not, once these members are of their types. */
  whole<T>(types: { texts: string[]; flags: string[] }): T {
    for (const name of types.texts) this.text(name);
    for (const name of types.flags) this.flag(name);
    return this.#members as T;
  }

  /** A page of objects. Some answers end the list with a token that is empty. */
  page<T>(read: (item: AnswerMembers) => T): Page<T> {
    const nextPageToken = this.optionalText('nextPageToken');
    return { items: this.list('items', read), ...(nextPageToken && { nextPageToken }) };
  }

  #list(name: string): unknown[] {
    const value = this.#members[name];
    return Array.isArray(value) ? value : this.#refuse('list', name);
  }

  #refuse(what: string, name: string): never {
    throw this.#holdsNo(what, `${this.#path}${name}`);
  }

  #holdsNo(what: string, where: string): DfnsError {
    const at = where === '' ? '' : ` in ${where}`;
    return new DfnsError('DFNS_MALFORMED_RESPONSE', `the answer to ${this.operation} holds no ${what}${at}`, {
      operation: this.operation,
    });
  }
}
