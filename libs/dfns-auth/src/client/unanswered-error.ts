import { DfnsError } from '../errors/dfns.error.js';
import type { TransportError } from './transport-error.js';

/** What a failure below HTTP is to the application. */
export function unansweredError(
  { failure, systemCode }: TransportError,
  operation: string,
  attemptTimeoutMs: number,
): DfnsError {
  const details = { operation };
  const code = systemCode ? ` (${systemCode})` : '';
  switch (failure) {
    case 'timeout':
      return new DfnsError('DFNS_TIMEOUT', `${operation} was not answered within ${attemptTimeoutMs} ms`, details);
    case 'too-large':
      return new DfnsError('DFNS_MALFORMED_RESPONSE', `the answer to ${operation} is too large`, details);
    case 'encoded':
      return new DfnsError('DFNS_MALFORMED_RESPONSE', `the answer to ${operation} is compressed`, details);
    case 'no-http':
      return new DfnsError('DFNS_MALFORMED_RESPONSE', `the answer to ${operation} is not HTTP${code}`, details);
    case 'reset':
      return new DfnsError('DFNS_UNAVAILABLE', `the connection broke during ${operation}${code}`, details);
    default:
      return new DfnsError('DFNS_UNAVAILABLE', `no connection to Dfns for ${operation}${code}`, details);
  }
}
