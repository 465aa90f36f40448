// A unit of its own: the check whose token it is, with spellings and claims that Dfns would rarely answer.
import { describe, expect, it } from '@jest/globals';
import { AnswerReader } from '../src/http/answer-reader.js';
import { receivedToken, userTokenProblem } from '../src/tokens/user-token.js';
import { tokenWith } from './support/token-claims.js';

const ORG = 'or-6tnac-dqbgi-9t8bd6qjkq84vlhf';
const ANOTHER_USER = 'a token of another user';
const ANOTHER_ORG = 'a token of another organisation';
const SPELLING = 'a token with another spelling of the username: use the username exactly as Dfns writes it';

const tokenOf = (username?: unknown, orgId = ORG) =>
  tokenWith({
    'https://custom/app_metadata': { orgId },
    ...(username !== undefined && { 'https://custom/username': username }),
  });

describe('a token for ada', () => {
  it.each<[string, unknown, string | undefined]>([
    ['of ada', tokenOf('ada'), undefined],
    ['of nobody', tokenOf(), undefined],
    ['of an empty name', tokenOf(''), undefined],
    ['of bob', tokenOf('bob'), ANOTHER_USER],
    ['of Ada', tokenOf('Ada'), SPELLING],
    ['of ada in wide letters', tokenOf('ａｄａ'), SPELLING],
    ['of ada and a space', tokenOf('ada '), ANOTHER_USER],
    ['of another organisation', tokenOf('ada', 'or-1'), ANOTHER_ORG],
    ['that cannot be read', 'opaque', ANOTHER_ORG],
    ['that is empty', '', 'no token'],
    ['with a space', `${tokenOf('ada')} `, 'no token'],
    ['with a line break', `${tokenOf('ada')}\n`, 'no token'],
    ['with a letter that no header can hold', `${tokenOf('ada')}é`, 'no token'],
    ['that is missing', undefined, 'no token'],
    ['that is a list', [tokenOf('ada')], 'no token'],
  ])('%s', (_, token, problem) => {
    expect(userTokenProblem(token, 'ada', ORG)).toBe(problem);
  });

  it('is of any organisation if none is configured, and of any user if none was asked for', () => {
    expect(userTokenProblem(tokenOf('ada', 'or-1'), 'ada', undefined)).toBeUndefined();
    expect(userTokenProblem('opaque', 'ada', undefined)).toBeUndefined();
    expect(userTokenProblem(tokenOf('bob'), undefined, ORG)).toBeUndefined();
    expect(userTokenProblem(tokenOf('bob'), 'ada', undefined)).toBe(ANOTHER_USER);
  });

  it('compares letters in lower case: a letter that only has the same capital is another one', () => {
    expect(userTokenProblem(tokenOf('STRASSE'), 'straße', ORG)).toBe(ANOTHER_USER);
    expect(userTokenProblem(tokenOf('STRAßE'), 'straße', ORG)).toBe(SPELLING);
  });
});

describe('a token in an answer', () => {
  const operation = 'POST /auth/login/delegated';
  const read = (token: unknown, effect?: 'none' | 'created') =>
    receivedToken(new AnswerReader({ token }, operation), 'token', 'ada', ORG, effect);

  it('is returned as it is, also in another spelling if the call has created something', () => {
    expect(read(tokenOf('ada'))).toBe(tokenOf('ada'));
    expect(read(tokenOf('Ada'), 'created')).toBe(tokenOf('Ada'));
  });

  it.each<[string, unknown, 'none' | 'created', string]>([
    ['another spelling', tokenOf('Ada'), 'none', SPELLING],
    ['another user', tokenOf('bob'), 'created', ANOTHER_USER],
    ['another organisation', tokenOf('ada', 'or-1'), 'created', ANOTHER_ORG],
  ])('of %s is refused', (_, token, effect, problem) => {
    expect(() => read(token, effect)).toThrow(
      expect.objectContaining({
        code: 'DFNS_MALFORMED_RESPONSE',
        operation,
        message: `the answer to ${operation} holds ${problem}`,
      }),
    );
  });
});
