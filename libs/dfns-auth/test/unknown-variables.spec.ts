import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { DfnsAuthModule, dfnsAuthConfig } from 'nestjs-dfns-auth';
import { OPTIONS, type OptionEntry } from '../src/config/option-table.js';
import { useSandbox } from './support/use-sandbox.js';

const world = useSandbox();
const before = { ...process.env };

afterEach(() => {
  process.env = { ...before };
  jest.restoreAllMocks();
});

/** Starts an application with these variables and those that it needs. Returns its warnings. */
async function warningsOf(variables: Record<string, string>): Promise<string[]> {
  const { authToken, credId, privateKey = '' } = world.sandbox.createServiceAccount({});
  const needed = { DFNS_API_URL: world.sandbox.url, DFNS_CRED_ID: credId, DFNS_PRIVATE_KEY: privateKey };
  process.env = { ...before, ...needed, DFNS_AUTH_TOKEN: authToken, ...variables };
  const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  try {
    const application = { imports: [DfnsAuthModule.forRootAsync(dfnsAuthConfig.asProvider())] };
    await (await Test.createTestingModule(application).compile()).close();
  } catch (error) {
    expect(error).toMatchObject({ code: 'DFNS_CONFIGURATION' });
  }
  const warnings = warn.mock.calls.map(([text]) => String(text));
  warn.mockRestore();
  return warnings;
}

describe('a variable that begins with DFNS_ and is not known', () => {
  it('is named in one warning with the name that was probably meant, and without its value', async () => {
    const warnings = await warningsOf({ DFNS_ORGID: 'or-secret', DFNS_DEADLINE: '7', DFNS_SOMETHING_OF_OURS: 'mine' });
    expect(warnings).toEqual([
      'Nothing reads these variables, which begin with DFNS_: DFNS_ORGID (did you mean DFNS_ORG_ID?); DFNS_DEADLINE; DFNS_SOMETHING_OF_OURS. ' +
        'Correct their names, or give variables of your own another beginning.',
    ]);
  });

  it('is named once in a process', async () => {
    expect(await warningsOf({ DFNS_ONCE: '' })).toHaveLength(1);
    expect(await warningsOf({ DFNS_ONCE: '' })).toEqual([]);
    expect(await warningsOf({ DFNS_ONCE: '', DFNS_MORE: '' })).toEqual([expect.not.stringContaining('DFNS_ONCE')]);
  });

  it('is named also if the application cannot start for want of the right one', async () => {
    const [warning] = await warningsOf({ DFNS_AUTH_TOKEN: '', DFNS_ATUH_TOKEN: 'a.b.c' });
    expect(warning).toContain('DFNS_ATUH_TOKEN (did you mean DFNS_AUTH_TOKEN?)');
    expect(warning).not.toContain('a.b.c');
  });

  it('does not make the warning long, or of several lines', async () => {
    const names = Array.from({ length: 30 }, (_, index) => [`DFNS_${index}_\n${'X'.repeat(5_000)}`, 'x']);
    const [warning = ''] = await warningsOf(Object.fromEntries(names));
    expect(warning).toContain('; 20 more.');
    expect(warning).not.toContain('\n');
    expect(warning.length).toBeLessThan(1_500);
  });

  it('is neither one of the library, nor of the sandbox, nor of a named instance', async () => {
    const variables = (Object.values(OPTIONS) as OptionEntry[]).flatMap(({ variable }) => variable ?? []);
    const empty = Object.fromEntries(variables.filter((name) => !before[name]).map((name) => [name, '']));
    const ours = {
      DFNS_PRIVATE_KEY_FILE: '',
      DFNS_SEALING_KEY: 'x',
      DFNS_SANDBOX_PORT: '4000',
      EUROPE_DFNS_ORGID: 'x',
    };
    expect(await warningsOf({ ...empty, ...ours })).toEqual([]);
  });
});
