import { DfnsError } from '../errors/dfns-error.js';
import { isJsonObject, type JsonObject } from './answer.js';
import type { Page } from './pages.js';

/**
 * Reads the members of an answer of Dfns, each with its type. The one reader of answers.
 *
 * @throws DfnsError `DFNS_MALFORMED_RESPONSE` from every method, for a member that is missing or of another type; the
 * message names the operation and the path of the member
 */
export class AnswerReader {
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

  /** The object as Dfns sent it; nothing of it is checked. */
  unchecked<T>(): T {
    return this.#members as T;
  }

  text(name: string): string {
    return this.optionalText(name) ?? this.#refuse('text', name);
  }

  nonEmptyText(name: string): string {
    return this.textLike(name, /./s, 'text');
  }

  /** Text of a form; `what` names the form in the error. */
  textLike(name: string, form: RegExp, what: string): string {
    const value = this.#members[name];
    return typeof value === 'string' && form.test(value) ? value : this.#refuse(what, name);
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

  object(name: string): AnswerReader {
    return new AnswerReader(this.#members[name], this.operation, `${this.#path}${name}.`);
  }

  has(name: string): boolean {
    return (this.#members[name] ?? undefined) !== undefined;
  }

  texts(name: string): string[] {
    const items = this.#list(name);
    return items.every((item) => typeof item === 'string') ? items : this.#refuse('list of texts', name);
  }

  /** Each item of a list of objects, read. */
  list<T>(name: string, read: (item: AnswerReader) => T): T[] {
    return this.#list(name).map((item, index) =>
      read(new AnswerReader(item, this.operation, `${this.#path}${name}[${index}].`)),
    );
  }

  /** As {@link list}, and empty for what is missing or `null`. */
  optionalList<T>(name: string, read: (item: AnswerReader) => T): T[] {
    return this.has(name) ? this.list(name, read) : [];
  }

  /** The object with all that Dfns put into it, known or not, once these members are of their types. */
  whole<T>(types: { texts: string[]; flags: string[] }): T {
    for (const name of types.texts) this.text(name);
    for (const name of types.flags) this.flag(name);
    return this.unchecked<T>();
  }

  /** A page of objects. An empty token means the same as none: this is the last page. */
  page<T>(read: (item: AnswerReader) => T): Page<T> {
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
    const at = where === '' || where === what ? '' : ` in ${where}`;
    return new DfnsError('DFNS_MALFORMED_RESPONSE', `the answer to ${this.operation} holds no ${what}${at}`, {
      operation: this.operation,
    });
  }
}
