import { DfnsError } from '../errors/dfns.error.js';

/** Environment variables behind options, for messages that both kinds of users understand. */
const VARIABLES: Record<string, string> = {
  baseUrl: 'DFNS_API_URL',
  orgId: 'DFNS_ORG_ID',
  'serviceAccount.authToken': 'DFNS_AUTH_TOKEN',
  'serviceAccount.credential.credId': 'DFNS_CRED_ID',
  'serviceAccount.credential.privateKey': 'DFNS_PRIVATE_KEY',
};

/** Collects what is wrong with options, so that one message names all of it. */
export class OptionProblems {
  readonly #lines: string[] = [];

  /** @param path of the option, e.g. `http.deadlineMs` */
  add(path: string, problem: string | undefined): void {
    if (problem === undefined) return;
    const variable = VARIABLES[path];
    this.#lines.push(`${path}${variable ? ` (${variable})` : ''} ${problem}`);
  }

  /** @throws DfnsError `DFNS_CONFIGURATION` */
  throwIfAny(): void {
    if (this.#lines.length === 0) return;
    throw new DfnsError('DFNS_CONFIGURATION', `DfnsAuthModule is not configured:\n- ${this.#lines.join('\n- ')}`);
  }
}
