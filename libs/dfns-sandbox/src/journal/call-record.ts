import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingHttpHeaders } from 'node:http';

/** One request, exactly as the sandbox received it. */
export interface ReceivedRequest {
  method: string;
  /** The path with the query. */
  path: string;
  headers: IncomingHttpHeaders;
  /** The text of the body. */
  body: string;
  /** Milliseconds since the epoch, by the clock of the sandbox. */
  receivedAt: number;
  /** The number of the TCP connection. The first connection has number 1. */
  connection: number;
  /** Why the sandbox could not handle the request: it does not know the route. Otherwise it is missing. */
  problem?: string;
}

/** The verdict of one check of a request. */
export interface Check {
  /** For example `signature`. */
  name: string;
  ok: boolean;
  /** What the check found, in words. */
  why?: string;
}

/** The request that a user signed, or the request that arrived. */
export interface SignedRequest {
  method: string;
  path: string;
  /** The exact text of the body. */
  payload: string;
}

/** What the sandbox found out about a request while it handled it. */
export interface Findings {
  caller?: { kind: string; username: string; name: string; userId: string };
  /** The credential that signed, and its user. */
  signer?: { username: string; credId: string; kind: string; name: string };
  /** The client data that the credential signed, decoded. */
  clientData?: string;
  /** The request that the user signed. */
  signed?: SignedRequest;
  /** The kind of the planned fault. */
  fault?: string;
}

/** One request, what the sandbox checked, and what it answered. */
export interface CallRecord extends Findings {
  readonly id: number;
  /** The requests of one call have the same group: challenge, signature, call. */
  group: string;
  readonly request: ReceivedRequest;
  readonly checks: Check[];
  /** It is absent until the answer has begun, and if the connection ends before. */
  status?: number;
  /** The text of the answer, or its beginning. */
  answer?: string;
  /** From the complete request to the end of the answer. It is absent while the request is open. */
  durationMs?: number;
}

const current = new AsyncLocalStorage<CallRecord>();

/** Runs `handle`. In it, and in all that it starts, the functions of this file write to `record`. */
export const recordIn = (record: CallRecord, handle: () => void): void => current.run(record, handle);

/** Writes the verdict of a check. A later verdict of a check with the same name replaces an earlier one. */
export function check(name: string, ok: boolean, why?: string): void {
  const checks = current.getStore()?.checks;
  if (!checks) return;
  const earlier = checks.findIndex((one) => one.name === name);
  checks.splice(earlier < 0 ? checks.length : earlier, 1, why === undefined ? { name, ok } : { name, ok, why });
}

/** Runs one check, and writes its verdict. The check fails if it throws, or if its promise is rejected. */
export function checked<T>(name: string, run: () => T): T {
  const fail = (error: unknown): never => {
    check(name, false, error instanceof Error ? error.message : String(error));
    throw error;
  };
  const pass = <R>(result: R): R => {
    check(name, true);
    return result;
  };
  try {
    const result = run();
    return result instanceof Promise ? (result.then(pass, fail) as T) : pass(result);
  } catch (error) {
    return fail(error);
  }
}

/** Writes why a request was refused, if no check has said it. */
export function refused(why: string): void {
  if (!current.getStore()?.checks.some(({ ok }) => !ok)) check('request', false, why);
}

/** Writes what the sandbox found out. */
export function found(findings: Findings): void {
  Object.assign(current.getStore() ?? {}, findings);
}

/** Puts the request into a group. */
export function joinGroup(group: string): void {
  const record = current.getStore();
  if (record) record.group = group;
}

/** Writes the text of the answer. */
export function answered(text: string): void {
  const record = current.getStore();
  if (record) record.answer = text;
}
