import { readFileSync } from 'node:fs';
import { plainToInstance, Transform } from 'class-transformer';
import { IsBoolean, IsOptional, validateSync } from 'class-validator';
import { DfnsError } from '../errors/dfns.error.js';
import {
  authTokenProblem,
  baseUrlProblem,
  credIdProblem,
  orgIdProblem,
  privateKeyProblem,
  wholeNumberProblem,
} from './option-checks.js';
import { Passes } from './passes.decorator.js';

const ToNumber = () => Transform(({ value }) => (/^\d+$/.test(value) ? Number(value) : value));
const ToBoolean = () => Transform(({ value }) => ({ true: true, false: false })[String(value)] ?? value);

/** The environment variables of the module, read and checked. */
export class DfnsEnvironment {
  @IsOptional()
  @Passes(baseUrlProblem)
  DFNS_API_URL?: string;

  @IsOptional()
  @Passes(orgIdProblem)
  DFNS_ORG_ID?: string;

  @Passes((value, { DFNS_ORG_ID }: DfnsEnvironment) => authTokenProblem(value, DFNS_ORG_ID, Date.now()))
  DFNS_AUTH_TOKEN!: string;

  @Passes(credIdProblem)
  DFNS_CRED_ID!: string;

  @Passes((value, env: DfnsEnvironment) => privateKeyProblem(value ?? '', env.DFNS_PRIVATE_KEY_PASSPHRASE))
  DFNS_PRIVATE_KEY!: string;

  @IsOptional()
  DFNS_PRIVATE_KEY_PASSPHRASE?: string;

  @IsOptional()
  @ToNumber()
  @Passes((value) => wholeNumberProblem(value, 1))
  DFNS_ATTEMPT_TIMEOUT_MS?: number;

  @IsOptional()
  @ToNumber()
  @Passes((value) => wholeNumberProblem(value, 1))
  DFNS_DEADLINE_MS?: number;

  @IsOptional()
  @ToNumber()
  @Passes((value) => wholeNumberProblem(value, 1))
  DFNS_MAX_ATTEMPTS?: number;

  @IsOptional()
  @ToNumber()
  @Passes((value) => wholeNumberProblem(value, 1))
  DFNS_TOKEN_CACHE_SIZE?: number;

  @IsOptional()
  DFNS_APP_ID?: string;

  @IsOptional()
  @ToBoolean()
  @IsBoolean({ message: 'is neither true nor false: write one of them' })
  DFNS_SEND_NONCE?: boolean;
}

const VARIABLES = [
  'DFNS_API_URL',
  'DFNS_ORG_ID',
  'DFNS_AUTH_TOKEN',
  'DFNS_CRED_ID',
  'DFNS_PRIVATE_KEY',
  'DFNS_PRIVATE_KEY_PASSPHRASE',
  'DFNS_ATTEMPT_TIMEOUT_MS',
  'DFNS_DEADLINE_MS',
  'DFNS_MAX_ATTEMPTS',
  'DFNS_TOKEN_CACHE_SIZE',
  'DFNS_APP_ID',
  'DFNS_SEND_NONCE',
] as const;

/** Variables that may name a file instead: `DFNS_AUTH_TOKEN_FILE`, `DFNS_PRIVATE_KEY_FILE`. */
const FROM_FILE = ['DFNS_AUTH_TOKEN', 'DFNS_PRIVATE_KEY'];

/**
 * Reads the variables of the module; an empty variable counts as unset.
 *
 * @throws DfnsError `DFNS_CONFIGURATION` that names every variable with a problem, and no value
 */
export function readEnvironment(source: NodeJS.ProcessEnv): DfnsEnvironment {
  const problems: string[] = [];
  const given = Object.fromEntries(
    VARIABLES.map((name) => [name, source[name] || undefined]).filter(([, value]) => value !== undefined),
  );
  const unread = new Set<string>();
  for (const name of FROM_FILE) {
    const path = source[`${name}_FILE`];
    if (!path) continue;
    const problem = given[name] === undefined ? readInto(given, name, path) : `is set beside ${name}: keep one of them`;
    if (problem) {
      problems.push(`${name}_FILE ${problem}`);
      unread.add(name);
    }
  }
  const env = plainToInstance(DfnsEnvironment, given);
  for (const { property, constraints } of validateSync(env, { stopAtFirstError: true })) {
    if (!unread.has(property)) problems.push(`${property} ${Object.values(constraints ?? {})[0]}`);
  }
  if (problems.length > 0) {
    throw new DfnsError('DFNS_CONFIGURATION', `The environment does not configure Dfns:\n- ${problems.join('\n- ')}`);
  }
  return env;
}

function readInto(given: Record<string, string | undefined>, name: string, path: string): string | undefined {
  try {
    given[name] = readFileSync(path, 'utf8').trim();
    return undefined;
  } catch {
    return 'names a file that cannot be read: check the path and its permissions';
  }
}
