/** What the library adds to the start of an application: the time to import it, and to start an application context. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { makeServiceAccount, ORG_ID } from '../fixtures.mjs';
import { median, printTable } from '../table.mjs';

/** Processes of each kind. They take turns, so that all of them see the same machine. */
const ROUNDS = 5;
const SCRIPT = fileURLToPath(new URL('../processes/start.cjs', import.meta.url));
const COMMON_JS = fileURLToPath(new URL('../../libs/dfns-auth/dist/cjs/index.js', import.meta.url));
/** How the packages are loaded, and the library with them. Node itself requires the ESM file, Jest the CommonJS file. */
const WAYS = [
  { way: 'import', format: 'import', library: 'nestjs-dfns-auth' },
  { way: 'require', format: 'require', library: 'nestjs-dfns-auth' },
  { way: 'require, CommonJS file', format: 'require', library: COMMON_JS },
];

export function run() {
  const { authToken, credId, privateKey } = makeServiceAccount('ed25519');
  const serviceAccount = { authToken, credential: { credId, privateKey } };
  const options = { baseUrl: 'https://api.dfns.io', orgId: ORG_ID, serviceAccount };
  const timed = (settings) => {
    const output = execFileSync(process.execPath, [SCRIPT, JSON.stringify({ options, ...settings })]);
    return JSON.parse(output.toString());
  };
  const measured = WAYS.map(() => ({ without: [], with: [] }));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [i, { format, library }] of WAYS.entries()) {
      measured[i].without.push(timed({ format }));
      measured[i].with.push(timed({ format, library }));
    }
  }
  printTable(
    'Import in a new process, ms',
    WAYS.map(({ way }, i) => ({
      'loaded by': way,
      'peers only': figure(measured[i].without, 'import'),
      'peers and library': figure(measured[i].with, 'import'),
      'the library, after its peers': figure(measured[i].with, 'library'),
    })),
  );
  printTable(
    'Start of an application context, ms',
    WAYS.map(({ way }, i) => ({
      'loaded by': way,
      'empty application': figure(measured[i].without, 'start'),
      'with DfnsAuthModule.forRoot': figure(measured[i].with, 'start'),
    })),
  );
}

const figure = (results, name) => median(results.map((result) => result[name])).toFixed(0);
