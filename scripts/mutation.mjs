/**
 * Mutation testing of the code that makes decisions: `npm run mutation`, or `npm run mutation errors retries` for some
 * groups. Each group runs only the specs that should find its mutants, because running all specs for each mutant takes
 * too long. docs/mutation.md explains the mutants that survive.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';

const SRC = 'libs/dfns-auth/src/';
const SPECS = 'libs/dfns-auth/test/';

const GROUPS = {
  errors: {
    files: ['errors/*.ts', 'edge/http-answers.ts', 'edge/dfns-exception.filter.ts'],
    specs: ['filter', 'filter-transports'],
  },
  answers: { files: ['http/answer.ts', 'http/failures.ts'], specs: ['answer-parsers'] },
  secrets: { files: ['http/secret-scrubber.ts'], specs: ['secret-scrubber'] },
  retries: {
    files: ['calls/retry-policy.ts', 'http/circuit.ts'],
    specs: ['circuit', 'faults-retries', 'retry-policy', 'health'],
  },
  governor: { files: ['http/governor.ts'], specs: ['quota', 'governor', 'overload', 'fairness', 'ended-calls'] },
  turns: {
    files: [
      'http/waiting-line.ts',
      'http/forecast.ts',
      'http/begun-attempts.ts',
      'http/quota.ts',
      'http/pause.ts',
      'http/lateness.ts',
    ],
    specs: ['waiting-line', 'forecast', 'quota-windows', 'lateness'],
  },
  tokens: {
    files: ['tokens/token-lifetime.ts', 'tokens/user-token.ts'],
    specs: ['user-token', 'tokens-refresh', 'tokens-received'],
  },
  broker: {
    files: ['tokens/token-broker.ts', 'tokens/dropped-tokens.ts', 'tokens/login-flight.ts', 'tokens/login-lock.ts'],
    specs: ['tokens-refresh', 'tokens-dropped', 'tokens-lock', 'logout', 'store'],
  },
  guard: { files: ['edge/user.guard.ts', 'edge/dfns-principal.ts'], specs: ['guard', 'guard-websocket'] },
  cacheKeys: { files: [method('tokens/guarded-store.ts', 'keyOf(...row: string[])')], specs: ['store'] },
  ceremonies: {
    files: [
      'ceremonies/ceremony-stores.ts',
      'ceremonies/ceremony-rows.ts',
      'ceremonies/open-ceremonies.ts',
      'ceremonies/row-index.ts',
    ],
    specs: [
      'ceremonies-store',
      'ceremonies-memory',
      'ceremonies-bound',
      'ceremonies-end',
      'ceremonies-unwritable',
      'row-index',
    ],
  },
  sealing: { files: ['sealing/*.ts'], specs: ['store-sealing', 'ceremonies-store', 'ceremonies-unwritable', 'store'] },
  keys: { files: ['credentials/private-key.ts'], specs: ['signers'] },
};
const DETECTED = ['Killed', 'Timeout'];
const UNDETECTED = ['Survived', 'NoCoverage'];
const WANTED = 90;

mkdirSync('reports/mutation', { recursive: true });
const chosen = process.argv.slice(2);
const total = { detected: 0, all: 0 };
for (const [name, { files, specs }] of Object.entries(GROUPS)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  const missing = [
    ...files.map((file) => SRC + file.replace(/(\*\.ts|:.*)$/, '')),
    ...specs.map((spec) => `${SPECS}${spec}.spec.ts`),
  ].filter((path) => !existsSync(path));
  if (missing.length > 0) throw new Error(`${name} names files that do not exist: ${missing.join()}`);
  const report = `reports/mutation/${name}.json`;
  const env = {
    ...process.env,
    MUTATED: files.map((file) => SRC + file).join(),
    MUTATION_SPECS: specs.join(),
    MUTATION_REPORT: report,
  };
  const { status } = spawnSync('npx', ['stryker', 'run'], { stdio: 'inherit', env });
  if (status !== 0) process.exit(1);
  const mutants = Object.values(JSON.parse(readFileSync(report, 'utf8')).files).flatMap((file) => file.mutants);
  const count = (states) => mutants.filter(({ status: state }) => states.includes(state)).length;
  const detected = count(DETECTED);
  const all = detected + count(UNDETECTED);
  total.detected += detected;
  total.all += all;
  console.log(`${name}: ${detected} of ${all} mutants detected, ${((100 * detected) / all).toFixed(1)} %`);
}
const score = (100 * total.detected) / total.all;
console.log(`all: ${total.detected} of ${total.all} mutants detected, ${score.toFixed(1)} %`);
process.exitCode = score >= WANTED ? 0 : 1;

/** The lines of one method of a file, in the notation of Stryker: `file:first-last`. */
function method(file, signature) {
  const lines = readFileSync(SRC + file, 'utf8').split('\n');
  const first = lines.findIndex((line) => line.includes(signature) && line.endsWith('{'));
  if (first < 0) throw new Error(`${file} has no method ${signature}`);
  return `${file}:${first + 1}-${lines.indexOf('  }', first) + 1}`;
}
