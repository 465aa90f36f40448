/**
 * Mutation testing of the code that makes decisions: `npm run mutation`, or `npm run mutation errors retries` for some
 * groups. Each group runs only the specs that should find its mutants, because running all specs for each mutant takes
 * too long. docs/mutation.md explains the mutants that survive.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';

const GROUPS = {
  errors: {
    files: ['errors/*.ts', 'edge/http-answers.ts', 'edge/dfns-exception.filter.ts'],
    specs: ['filter', 'filter-transports'],
  },
  answers: { files: ['client/answer.ts', 'client/refusal.ts'], specs: ['answers', 'refusals'] },
  secrets: { files: ['client/secret-scrubber.ts'], specs: ['secrets'] },
  retries: {
    files: ['client/retry-policy.ts', 'client/outage-breaker.ts'],
    specs: ['faults-retries', 'retry-policy', 'health'],
  },
  tokens: {
    files: ['tokens/token-lifetime.ts', 'tokens/user-token.ts'],
    specs: ['tokens', 'tokens-refresh', 'tokens-received'],
  },
  cacheKeys: { files: ['tokens/stored-tokens.ts:110-112'], specs: ['store'] },
  ceremonies: {
    files: ['ceremonies/memory-ceremony.store.ts', 'ceremonies/open-ceremonies.ts'],
    specs: ['ceremonies-store', 'ceremonies-memory'],
  },
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
  const report = `reports/mutation/${name}.json`;
  const env = {
    ...process.env,
    MUTATED: files.map((file) => `libs/dfns-auth/src/${file}`).join(),
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
