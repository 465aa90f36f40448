/**
 * Mutation testing of the code that makes decisions: `npm run mutation`, or `npm run mutation errors retries` for some
 * groups. Each group runs only the specs that should find its mutants, because running all specs for each mutant takes
 * too long. What the specs of a group do not find, its slow specs look for. docs/mutation.md explains the survivors.
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
  governor: { files: ['http/governor.ts'], specs: ['governor-turns'] },
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
    specs: ['login-waits', 'dropped-tokens'],
    slowSpecs: ['tokens-refresh', 'logout', 'tokens-dropped', 'telemetry', 'tokens'],
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
    specs: ['ceremonies-memory', 'row-index'],
    slowSpecs: ['ceremonies-store', 'ceremonies-bound', 'ceremonies-end', 'ceremonies-unwritable'],
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
for (const [name, { files, specs, slowSpecs = [] }] of Object.entries(GROUPS)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  const paths = files.map((file) => SRC + file);
  assertExist(name, [
    ...paths.map((path) => path.replace(/(\*\.ts|:.*)$/, '')),
    ...[...specs, ...slowSpecs].map((spec) => `${SPECS}${spec}.spec.ts`),
  ]);
  const mutants = run(name, paths, specs);
  const left = mutants.filter(({ status }) => UNDETECTED.includes(status));
  const found = slowSpecs.length > 0 && left.length > 0 ? run(`${name}-slow`, left.map(placeOf), slowSpecs) : [];
  const count = (some, states) => new Set(some.filter(({ status }) => states.includes(status)).map(identityOf)).size;
  const detected = count([...mutants, ...found], DETECTED);
  const all = count(mutants, [...DETECTED, ...UNDETECTED]);
  total.detected += detected;
  total.all += all;
  console.log(`${name}: ${detected} of ${all} mutants detected, ${((100 * detected) / all).toFixed(1)} %`);
}
const score = (100 * total.detected) / total.all;
console.log(`all: ${total.detected} of ${total.all} mutants detected, ${score.toFixed(1)} %`);
process.exitCode = score >= WANTED ? 0 : 1;

/** Changes `places`, and returns the mutants with what became of them. */
function run(name, places, specs) {
  const report = `reports/mutation/${name}.json`;
  const env = { ...process.env, MUTATED: places.join(), MUTATION_SPECS: specs.join(), MUTATION_REPORT: report };
  const { status } = spawnSync('npx', ['stryker', 'run'], { stdio: 'inherit', env });
  if (status !== 0) process.exit(1);
  const { files } = JSON.parse(readFileSync(report, 'utf8'));
  return Object.entries(files).flatMap(([path, { mutants }]) => mutants.map((mutant) => ({ ...mutant, path })));
}

/** The place of a mutant in the notation of Stryker, in which columns begin with 0. */
function placeOf({ path, location: { start, end } }) {
  return `${path}:${start.line}:${start.column - 1}-${end.line}:${end.column - 1}`;
}

/** The same in both runs of a group. The second run also repeats mutants inside a larger one. */
function identityOf(mutant) {
  return [placeOf(mutant), mutant.mutatorName, mutant.replacement].join(' ');
}

function assertExist(name, paths) {
  const missing = paths.filter((path) => !existsSync(path));
  if (missing.length > 0) throw new Error(`${name} names files that do not exist: ${missing.join()}`);
}

/** The lines of one method of a file, in the notation of Stryker: `file:first-last`. */
function method(file, signature) {
  const lines = readFileSync(SRC + file, 'utf8').split('\n');
  const first = lines.findIndex((line) => line.includes(signature) && line.endsWith('{'));
  if (first < 0) throw new Error(`${file} has no method ${signature}`);
  return `${file}:${first + 1}-${lines.indexOf('  }', first) + 1}`;
}
