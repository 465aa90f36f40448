import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';

const FIXTURE = '**/secret-scan/leaking.fixture.ts';

/** Runs the leaking suite in a second Jest, with the configuration of this workspace. */
async function run(leak: string, ...more: string[]): Promise<{ code: number; output: string }> {
  const args = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
  const jest = spawn(process.execPath, [...args, '--testMatch', FIXTURE, ...more], {
    env: { ...process.env, LEAK: leak, FORCE_COLOR: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err, code] = await Promise.all([
    text(jest.stdout),
    text(jest.stderr),
    new Promise<number>((resolve) => jest.once('close', (exitCode) => resolve(exitCode ?? 1))),
  ]);
  return { code, output: out + err };
}

describe('the scan for secrets', () => {
  it.each(['console', 'stdout', 'stderr', 'pieces', 'logger', 'pem', 'assertion'])(
    'fails a run that prints a secret by %s',
    async (leak) => {
      const { code, output } = await run(leak);
      expect(output).toContain('The run printed secrets');
      expect(output).toContain('leaking.fixture.ts');
      expect(code).not.toBe(0);
    },
    60_000,
  );

  it('passes a run that prints only parts of tokens and keys', async () => {
    const { code, output } = await run('nothing');
    expect(output).toContain('1 passed');
    expect(output).not.toContain('printed secrets');
    expect(code).toBe(0);
  }, 60_000);
});
