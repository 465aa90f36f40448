import { DfnsError } from '../errors/dfns-error.js';
import { isJsonObject, type JsonObject } from './answer.js';
import type { Page } from './pages.js';

/**
 * Reads the members of an answer of Dfns and checks their types. All answers are read with it.
 *
 * @throws DfnsError `DFNS_MALFORMED_RESPONSE` from every method, for a member that is missing or of another type; the
 * message names the operation and the path of the member
 */
export class AnswerReader {
  readonly #members: JsonObject;
  /** The request that was answered, e.g. `GET /auth/users`. */
  readonly operation: string;
  readonly #path: string;

  constructor(answer: unknown, operation: string, path = '') {
    this.operation = operation;
    this.#path = path;
    if (!isJsonObject(answer)) throw this.#holdsNo('object', path.replace(/\.$/, ''));
    this.#members = answer;
  }

  /** The object as Dfns sent it. Its members are not checked. */
  unchecked<T>(): T {
    return this.#members as T;
  }

  text(name: string): string {
    return this.optionalText(name) ?? this.#refuse('text', name);
  }

  nonEmptyText(name: string): string {
    return this.textLike(name, /./s, 'text');
  }

  /** Text that matches `form`. `what` names the form in the error. */
  textLike(name: string, form: RegExp, what: string): string {
    const value = this.#members[name];
    return typeof value === 'string' && form.test(value) ? value : this.#refuse(what, name);
  }

  /** `undefined` for a member that is missing or `null`. */
  optionalText(name: string): string | undefined {
    const value = this.#members[name] ?? undefined;
    return value === undefined || typeof value === 'string' ? value : this.#refuse('text', name);
  }

  /** `undefined` for a member that is missing or `null`. */
  optionalFlag(name: string): boolean | undefined {
    const value = this.#members[name] ?? undefined;
    return value === undefined || typeof value === 'boolean' ? value : this.#refuse('true or false', name);
  }

  /** `undefined` for a member that is missing or `null`. */
  optionalNumber(name: string): number | undefined {
    const value = this.#members[name] ?? undefined;
    return value === undefined || typeof value === 'number' ? value : this.#refuse('number', name);
  }

  object(name: string): AnswerReader {
    return new AnswerReader(this.#members[name], this.operation, `${this.#path}${name}.`);
  }

  /** An object without members for a member that is missing or `null`. */
  optionalObject(name: string): AnswerReader {
    return this.has(name) ? this.object(name) : new AnswerReader({}, this.operation, `${this.#path}${name}.`);
  }

  has(name: string): boolean {
    return (this.#members[name] ?? undefined) !== undefined;
  }

  /** An empty list for a member that is missing or `null`. */
  optionalTexts(name: string): string[] {
    const items = this.has(name) ? this.#list(name) : [];
    return items.every((item) => typeof item === 'string') ? items : this.#refuse('list of texts', name);
  }

  /** A list of objects; `read` reads each item. */
  list<T>(name: string, read: (item: AnswerReader) => T): T[] {
    return this.#list(name).map((item, index) =>
      read(new AnswerReader(item, this.operation, `${this.#path}${name}[${index}].`)),
    );
  }

  /** As {@link list}; an empty list for a member that is missing or `null`. */
  optionalList<T>(name: string, read: (item: AnswerReader) => T): T[] {
    return this.has(name) ? this.list(name, read) : [];
  }

  /** The text of a member, or `undefined` for anything else. For what has happened already, whatever Dfns says of it. */
  textIfAny(name: string): string | undefined {
    const value = this.#members[name];
    return typeof value === 'string' ? value : undefined;
  }

  /** As {@link textIfAny}, for an object. */
  objectIfAny(name: string): AnswerReader | undefined {
    return isJsonObject(this.#members[name]) ? this.object(name) : undefined;
  }

  /** As {@link textIfAny}, for a list of objects. Items that are no objects are left out. */
  objectsIfAny(name: string): AnswerReader[] {
    const items = this.#members[name];
    return Array.isArray(items) ? this.#objects(items) : [];
  }

  /**
   * A page of objects. An item that is no object is left out: one odd item does not make the page fail. An empty token
   * means the same as no token: this is the last page.
   */
  page<T>(read: (item: AnswerReader) => T): Page<T> {
    const nextPageToken = this.optionalText('nextPageToken');
    return { items: this.#objects(this.#list('items')).map(read), ...(nextPageToken && { nextPageToken }) };
  }

  #objects(items: unknown[]): AnswerReader[] {
    return items.filter(isJsonObject).map((item) => new AnswerReader(item, this.operation));
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
