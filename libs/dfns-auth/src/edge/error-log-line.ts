import { inspect } from 'node:util';
import { DfnsApiError, type DfnsError } from '../errors/dfns-error.js';
import type { DfnsErrorCode } from '../errors/error-table.js';

/** Characters that break a line or change how it is displayed: control, format, surrogate and line separators. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * What is logged of an error. A logger for objects, such as nestjs-pino or Nest's JSON logger, gets each member as a
 * field. Nest's text logger prints it as one line of JSON.
 */
export class ErrorLogLine {
  readonly code: DfnsErrorCode;
  readonly operation?: string;
  readonly upstreamStatus?: number;
  readonly errorId?: string;
  readonly upstreamMessage?: string;
  readonly message: string;

  constructor(error: DfnsError) {
    const { code, operation, message } = error;
    const { upstreamStatus, errorId, upstreamMessage } = error instanceof DfnsApiError ? error : {};
    this.code = code;
    if (operation !== undefined) this.operation = operation;
    if (upstreamStatus !== undefined) this.upstreamStatus = upstreamStatus;
    if (errorId !== undefined) this.errorId = errorId;
    if (upstreamMessage !== undefined) this.upstreamMessage = upstreamMessage;
    this.message = message;
  }

  /** Nest's text logger prints other objects on several lines. */
  [inspect.custom](): string {
    return JSON.stringify(this).replace(UNPRINTABLE, escaped);
  }
}

/** A character outside the first plane has two code units, and so two escapes. */
function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
