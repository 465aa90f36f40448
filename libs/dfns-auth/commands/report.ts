/** The things that the doctor checks. */
export type CheckName =
  | 'environment'
  | 'configuration'
  | 'sealing-key'
  | 'organisation'
  | 'token-end'
  | 'connection'
  | 'clock'
  | 'latency'
  | 'token'
  | 'key'
  | 'permissions'
  | 'relying-party';

/** What a check found. No member holds a secret. */
export interface Finding {
  check: CheckName;
  /** `unknown`: it could not be checked. Only `failed` counts for the exit code. */
  status: 'ok' | 'warning' | 'failed' | 'unknown';
  message: string;
  /** What to do about it. */
  fix?: string;
}

const SIGNS = { ok: '✓', warning: '!', failed: '✗', unknown: '?' } as const;
const COLOURS = { ok: 32, warning: 33, failed: 31, unknown: 36 } as const;
/** Letters of the longest name of a check, and two spaces. */
const WIDTH = 15;

/** Prints findings as they come, one line each and one for the fix; or all of them as JSON at the end. */
export class Report {
  readonly #findings: Finding[] = [];
  readonly #isJson: boolean;
  readonly #isColoured: boolean;

  constructor(isJson: boolean) {
    this.#isJson = isJson;
    this.#isColoured = process.stdout.isTTY === true && !process.env['NO_COLOR'];
  }

  add(...findings: Finding[]): void {
    this.#findings.push(...findings);
    if (this.#isJson) return;
    for (const { check, status, message, fix } of findings) {
      process.stdout.write(`${this.#sign(status)} ${check.padEnd(WIDTH)}${message}\n`);
      if (fix !== undefined) process.stdout.write(`  ${' '.repeat(WIDTH)}→ ${fix}\n`);
    }
  }

  /** Ends the report. @returns the exit code: 0, or 1 if something failed */
  end(): number {
    const failed = this.#findings.filter(({ status }) => status === 'failed').length;
    if (this.#isJson) {
      process.stdout.write(`${JSON.stringify({ ok: failed === 0, checks: this.#findings }, null, 2)}\n`);
    } else {
      const problems = failed === 1 ? '1 problem' : `${failed || 'no'} problems`;
      process.stdout.write(`\n${problems} to fix\n`);
    }
    return failed === 0 ? 0 : 1;
  }

  #sign(status: Finding['status']): string {
    const sign = SIGNS[status];
    return this.#isColoured ? `\u001b[${COLOURS[status]}m${sign}\u001b[0m` : sign;
  }
}
