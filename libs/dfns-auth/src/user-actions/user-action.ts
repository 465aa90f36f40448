import { type RequestTarget, requestTarget } from '../client/request-target.js';
import { DfnsError } from '../errors/dfns.error.js';

/** A write that is to be signed: what it does, where, and with what body. */
export interface UserAction {
  method: 'POST' | 'PUT' | 'DELETE' | 'GET';
  /** From the leading slash, ids percent-encoded. A query is allowed and not signed (spec 8.1). */
  path: string;
  /** Text is taken as it is. An object is serialised once, and that text is signed and sent. */
  payload?: string | object;
}

/** A {@link UserAction} as it goes over the wire; `body` is empty for none. */
export interface SerializedAction {
  method: UserAction['method'];
  target: RequestTarget;
  body: string;
}

const METHODS = ['POST', 'PUT', 'DELETE', 'GET'];

/**
 * Serialises an action, once: the text made here is what is signed and what is sent.
 *
 * @throws DfnsError `DFNS_BAD_REQUEST`
 */
export function serializeAction({ method, path, payload }: UserAction): SerializedAction {
  if (!METHODS.includes(method)) throw new DfnsError('DFNS_BAD_REQUEST', `the method is none of ${METHODS.join(', ')}`);
  return { method, target: requestTarget(path), body: serializeBody(payload) };
}

/**
 * The text of a body.
 *
 * @throws DfnsError `DFNS_BAD_REQUEST` for what JSON cannot express, and for text that UTF-8 cannot carry unchanged
 */
export function serializeBody(body: string | object | undefined): string {
  if (body === undefined) return '';
  const text = typeof body === 'string' ? body : stringify(body);
  if (!text.isWellFormed()) {
    throw new DfnsError('DFNS_BAD_REQUEST', 'the body is text with lone surrogates, which UTF-8 cannot carry');
  }
  return text;
}

function stringify(body: object): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(body);
  } catch {
    // A cycle or a bigint; the message below says it.
  }
  if (text === undefined || typeof body !== 'object') {
    throw new DfnsError('DFNS_BAD_REQUEST', 'the body cannot be written as JSON: give an object of plain values');
  }
  return text;
}
