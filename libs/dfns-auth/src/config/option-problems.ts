import { DfnsError } from '../errors/dfns-error.js';
import { OPTIONS, type OptionPath } from './option-table.js';

/** Collects the problems of options, so that one message names all of them. */
export class OptionProblems {
  readonly #lines: string[] = [];

  /** @param path of the option, e.g. `http.deadlineMs` */
  add(path: string, problem: string | undefined): void {
    if (problem === undefined) return;
    const variable = OPTIONS[path as OptionPath]?.variable;
    this.#lines.push(`${path}${variable ? ` (${variable})` : ''} ${problem}`);
  }

  addAll(other: OptionProblems): void {
    this.#lines.push(...other.#lines);
  }

  get isEmpty(): boolean {
    return this.#lines.length === 0;
  }

  /** All problems, below a heading. */
  text(heading: string): string {
    return `${heading}:\n- ${this.#lines.join('\n- ')}`;
  }

  /** @throws DfnsError `DFNS_CONFIGURATION` */
  throwIfAny(): void {
    if (!this.isEmpty) throw new DfnsError('DFNS_CONFIGURATION', this.text('DfnsAuthModule is not configured'));
  }
}
