/** 20,000 logins with ten percent faults. `SOAK_LOGINS` changes the number, and `SOAK_SEED` repeats a run. */
import { spawnSync } from 'node:child_process';

const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
const { status } = spawnSync(process.execPath, [...jest, 'libs/dfns-auth/test/soak.spec.ts'], {
  stdio: 'inherit',
  env: { SOAK_LOGINS: '20000', ...process.env },
});
process.exitCode = status ?? 1;
