import { optional, type Shape, text } from '../bodies/shape.js';

/** One thing in a list that the console shows. Its other members are the content of the columns. */
export interface Item {
  id: string;
  /** The actions that are possible now. */
  actions: string[];
  [column: string]: unknown;
}

/** How the console shows a member of an item. */
export interface Column {
  member: string;
  title: string;
  /** `state` is a word with a colour, `code` is an identifier with a button to copy. @default 'text' */
  as?: 'text' | 'code' | 'state' | 'date' | 'details';
}

/** Something that a person can do with an item, or to make a new one. */
export interface Action {
  /** The words on the button. */
  label: string;
  /** What happens, in words. */
  words: string;
  /** `POST /_sandbox/{section}/{id}/{name}` has this body. @default no body */
  body?: Shape<unknown>;
  /** The members of the body that the form of the console has. @default none, so that the button acts at once */
  form?: string[];
  /** Whether it takes something away, so that the console asks first. @default false */
  isFinal?: boolean;
}

/** A list that is controlled over HTTP and that the console shows, such as the users. */
export interface Section {
  /** The path of the list: `GET /_sandbox/{name}`. */
  name: string;
  title: string;
  words: string;
  /** What the console shows in place of an empty list. */
  empty: string;
  columns: Column[];
  /** Oldest first. */
  list(): Item[];
  /** `POST /_sandbox/{name}`. */
  create?: Action & { run(body: never): unknown };
  /** `POST /_sandbox/{name}/{id}/{action}`. */
  actions?: Record<string, Action & { run(id: string, body: never): unknown }>;
}

/** An optional text of a form. */
export const optionalText = (description: string) => ({ ...optional(text()), schema: { type: 'string', description } });
