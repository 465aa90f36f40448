import { DfnsError } from '../errors/dfns.error.js';

/**
 * An id of Dfns as part of a path.
 *
 * @throws DfnsError `DFNS_BAD_REQUEST` for what is no id, so that no other path than the one meant is ever signed
 */
export function pathSegment(id: string): string {
  if (typeof id === 'string' && /^[\w-]{1,64}$/.test(id)) return id;
  throw new DfnsError('DFNS_BAD_REQUEST', 'the id is empty or has characters that no id of Dfns has');
}
