import { describe, expect, it } from '@jest/globals';
import { DfnsUsers } from 'nestjs-dfns-auth';
import { AlteredAnswers } from './support/altered-answers.js';
import { extended, type Json, pathsIn, withNull, without } from './support/json-members.js';
import { useSandbox } from './support/use-sandbox.js';

const world = useSandbox({ restart: true });
const answers = new AlteredAnswers(world);

describe.each(answers.calls)('the answer to $operation', (row) => {
  /** The paths of the members of a genuine answer. */
  async function paths(): Promise<string[]> {
    const found = new Set<string>();
    const read = (body: Json) => {
      for (const path of pathsIn(body)) found.add(path);
      return body;
    };
    expect(await answers.outcome(row, read)).toBe('ok');
    return [...found];
  }

  it('may have unknown members', async () => {
    expect(await answers.outcome(row, extended)).toBe('ok');
  });

  it(`needs only ${row.needs.join(', ') || 'nothing'}`, async () => {
    const all = await paths();
    expect(all).toEqual(expect.arrayContaining(row.needs));
    const refused: string[] = [];
    for (const path of all) {
      const code = await answers.outcome(row, (body) => without(body, path));
      if (code === 'ok') continue;
      expect(['DFNS_MALFORMED_RESPONSE', 'DFNS_CREDENTIAL_NOT_ALLOWED']).toContain(code);
      refused.push(path);
    }
    expect(refused.sort()).toEqual([...row.needs].sort());
  });

  it('may have null for every member that is not needed, all at once', async () => {
    const others = (await paths()).filter((path) => !row.needs.some((needed) => `${needed}.`.startsWith(`${path}.`)));
    const nulled = (body: Json) => others.reduce((changed, path) => withNull(changed, path), body);
    expect(await answers.outcome(row, nulled)).toBe('ok');
  });
});

const NEED_NOTHING = answers.calls.filter(({ needs }) => needs.length === 0);

describe.each(NEED_NOTHING)('the answer to $operation', (row) => {
  it.each([
    ['no body and 204', '', 204],
    ['no body', '', undefined],
    ['{}', '{}', undefined],
  ])('may have %s', async (_, body, answered) => {
    expect(await answers.outcome(row, () => body, answered)).toBe('ok');
  });

  it('waits for an approval with 202', async () => {
    expect(await answers.outcome(row, () => ({ id: 'cr-1', status: 'Pending' }), 202)).toBe('DFNS_POLICY_PENDING');
  });
});

describe('a page of users', () => {
  it('does not fail because of one odd user', async () => {
    const odd = [{}, { username: 'x' }, { userId: 'us-1', accountId: 'acct-1' }, { username: 7, isActive: 'yes' }];
    const items = [...odd, null, 'text', { username: 'good', userId: 'us-2', tenantId: 'acct-2' }];
    const body = JSON.stringify({ items });
    for (const read of [
      () => answers.context.get(DfnsUsers).list(),
      async () => {
        const walked = [];
        for await (const user of answers.context.get(DfnsUsers).all()) walked.push(user);
        return { items: walked };
      },
    ]) {
      world.sandbox.faults.add({ on: 'GET /auth/users', kind: 'status', status: 200, body });
      await expect(read()).resolves.toEqual({ items: [...odd, items.at(-1)] });
    }
  });
});
