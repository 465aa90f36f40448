import { describe, expect, it } from '@jest/globals';
import { AlteredAnswers } from './support/altered-answers.js';
import type { Json } from './support/json-members.js';
import { claimsOf, tokenWith } from './support/token-claims.js';
import { useSandbox } from './support/use-sandbox.js';

const world = useSandbox({ restart: true });
const answers = new AlteredAnswers(world);

describe('the username in a token', () => {
  const named = (username: string) =>
    tokenWith({ 'https://custom/app_metadata': { orgId: world.sandbox.orgId }, 'https://custom/username': username });

  /** Names another user in the token of an answer. */
  const renamed = (member: string, name: (username: string) => string) => (body: Json) => {
    const { 'https://custom/username': username } = claimsOf(body[member] as string);
    return { ...body, [member]: named(name(username as string)) };
  };
  const SPELLINGS: [string, (username: string) => string][] = [
    ['in upper case', (username) => username.toUpperCase()],
    ['in another Unicode form', (username) => username.replace('r', '\uff52')],
  ];

  it('may be empty', async () => {
    for (const on of ['POST /auth/login/delegated', 'POST /auth/recover/user/delegated']) {
      const member = on.includes('login') ? 'token' : 'temporaryAuthenticationToken';
      const read: string[] = [];
      const empty = (body: Json) => {
        read.push(on);
        return renamed(member, () => '')(body);
      };
      const code = await answers.outcome(answers.call(on), empty);
      // Dfns does not accept the token that the gateway made. The library accepted it.
      expect([read.length > 0, code]).toEqual([true, on.includes('login') ? 'ok' : 'DFNS_USER_UNAUTHORIZED']);
    }
  });

  it.each(SPELLINGS)('%s is refused before anything was created', async (_, spell) => {
    for (const on of ['POST /auth/login/delegated', 'POST /auth/recover/user/delegated']) {
      const member = on.includes('login') ? 'token' : 'temporaryAuthenticationToken';
      expect(await answers.outcome(answers.call(on), renamed(member, spell))).toBe('DFNS_MALFORMED_RESPONSE');
    }
  });

  it.each(SPELLINGS)('%s is accepted after the user was created', async (_, spell) => {
    for (const on of ['POST /auth/registration/delegated', 'POST /auth/registration/delegated/restart']) {
      // The ceremony begins. Dfns does not accept the token that the gateway made.
      expect(await answers.outcome(answers.call(on), renamed('temporaryAuthenticationToken', spell))).toBe(
        'DFNS_USER_UNAUTHORIZED',
      );
    }
  });

  it('of somebody else is always refused', async () => {
    for (const on of ['POST /auth/registration/delegated', 'POST /auth/recover/user/delegated']) {
      const other = renamed('temporaryAuthenticationToken', () => 'grace');
      expect(await answers.outcome(answers.call(on), other)).toBe('DFNS_MALFORMED_RESPONSE');
    }
  });
});
