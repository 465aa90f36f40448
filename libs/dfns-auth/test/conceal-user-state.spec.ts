import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Body, Controller, type INestApplication, Inject, Module, Param, Post } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import {
  DelegatedAuthService,
  DelegatedCeremonies,
  DfnsApiError,
  DfnsAuthModule,
  DfnsClient,
  DfnsError,
  type DfnsErrorCode,
  DfnsExceptionFilter,
  toHttpException,
} from 'nestjs-dfns-auth';
import { optionsFor } from './support/library-instance.js';
import { useSandboxForEachTest } from './support/use-sandbox.js';

/** What a client can ask about a username. Each way answers a user whom it does not let in. */
const WAYS = [
  'token',
  'login',
  'read',
  'register',
  'begin-registration',
  'restart',
  'recover',
  'begin-recovery',
] as const;
type Way = (typeof WAYS)[number];

const STATES = ['unknown', 'half registered', 'existing', 'deactivated'] as const;
type State = (typeof STATES)[number];

/** Users whom a way lets in. All others get one and the same answer. */
const LET_IN: Record<Way, State[]> = {
  token: ['existing'],
  login: ['existing'],
  read: ['existing'],
  register: ['unknown'],
  'begin-registration': ['unknown'],
  restart: [],
  recover: [],
  'begin-recovery': [],
};

@Controller()
class UserController {
  constructor(
    @Inject(DelegatedAuthService) private readonly auth: DelegatedAuthService,
    @Inject(DelegatedCeremonies) private readonly ceremonies: DelegatedCeremonies,
    @Inject(DfnsClient) private readonly client: DfnsClient,
  ) {}

  @Post(':way')
  ask(@Param('way') way: Way, @Body() { username, credentialId }: { username: string; credentialId: string }) {
    const registration = { email: username, kind: 'EndUser' } as const;
    const asks: Record<Way, () => Promise<unknown>> = {
      token: () => this.auth.getToken(username),
      login: () => this.auth.login({ username }),
      read: () => this.client.request({ method: 'GET', path: '/wallets', caller: { username } }),
      register: () => this.auth.createRegistrationChallenge(registration),
      'begin-registration': () => this.ceremonies.beginRegistration(username),
      restart: () => this.auth.restartRegistration(registration),
      recover: () => this.auth.createRecoveryChallenge({ username, credentialId }),
      'begin-recovery': () => this.ceremonies.beginRecovery(username, credentialId),
    };
    return asks[way]();
  }
}

/** The one body. */
const REFUSAL =
  '{"statusCode":401,"error":"Unauthorized","message":"The wallet session has ended.","code":"DFNS_USER_UNAUTHORIZED"}';

const world = useSandboxForEachTest();
let app: INestApplication;

beforeEach(async () => {
  @Module({
    imports: [DfnsAuthModule.forRoot({ ...optionsFor(world.sandbox), isGlobal: true })],
    controllers: [UserController],
  })
  class Application {}
  const built = await Test.createTestingModule({ imports: [Application] }).compile();
  app = built.createNestApplication(new ExpressAdapter(), { logger: false });
  app.useGlobalFilters(new DfnsExceptionFilter({ concealUserState: true }));
  await app.listen(0, '127.0.0.1');
});

afterEach(() => app.close());

async function create(state: State, username: string): Promise<void> {
  if (state === 'unknown') return;
  if (state === 'half registered') {
    await app.get(DelegatedAuthService).createRegistrationChallenge({ email: username, kind: 'EndUser' });
    return;
  }
  world.sandbox.createUser({ username, recoveryCredential: { encryptedPrivateKey: 'wrapped' } });
  if (state === 'deactivated') world.sandbox.deactivateUser(username);
}

/** The whole answer as text, without its date. */
async function answer(way: Way, body: object): Promise<string> {
  const response = await fetch(`${await app.getUrl()}/${way}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const headers = [...response.headers].filter(([name]) => name !== 'date');
  return JSON.stringify([response.status, headers, await response.text()]);
}

describe('with concealUserState', () => {
  it.each(WAYS)('%s has one answer for all users whom it refuses', async (way) => {
    const answers = new Map<State, string>();
    for (const state of STATES) {
      const username = `user ${STATES.indexOf(state)}`;
      await create(state, username);
      answers.set(state, await answer(way, { username, credentialId: Buffer.from('wrong').toString('base64url') }));
    }
    const refused = STATES.filter((state) => !LET_IN[way].includes(state)).map((state) => answers.get(state));
    expect(JSON.parse(refused[0] as string)).toEqual([401, expect.any(Array), REFUSAL]);
    for (const other of refused) expect(other).toBe(refused[0]);
    for (const state of LET_IN[way]) expect(answers.get(state)).toMatch(/^\[201,/);
  });

  it('the answer to a recovery is the same for the recovery key of another user', async () => {
    const { recovery } = world.sandbox.createUser({
      username: 'ada',
      recoveryCredential: { encryptedPrivateKey: 'wrapped' },
    });
    await create('existing', 'bob');
    const credentialId = recovery?.credId;
    expect(await answer('recover', { username: 'ada', credentialId })).toMatch(/^\[201,/);
    const [known, unknown] = [
      await answer('recover', { username: 'bob', credentialId }),
      await answer('recover', { username: 'nobody', credentialId }),
    ];
    expect(known).toContain('DFNS_USER_UNAUTHORIZED');
    expect(known).toBe(unknown);
  });

  it.each([
    ['token', 'POST /auth/login/delegated'],
    ['recover', 'POST /auth/recover/user/delegated'],
  ] as const)('%s still tells an outage and a wrong request from a refusal', async (way, on) => {
    await create('existing', 'ada');
    world.sandbox.faults.add({ on, kind: 'status', status: 403 });
    expect(await answer(way, { username: 'ada', credentialId: 'AAAA' })).toContain('DFNS_SERVICE_ACCOUNT_FORBIDDEN');
    expect(await answer(way, { username: '', credentialId: 'AAAA' })).toContain('DFNS_BAD_REQUEST');
  });

  it.each<[DfnsErrorCode, string, number]>([
    ['DFNS_NOT_FOUND', 'GET /wallets/wa-1', 404],
    ['DFNS_BAD_REQUEST', 'POST /auth/registration', 400],
    ['DFNS_CONFLICT', 'POST /auth/registration/delegated', 409],
    ['DFNS_UNAVAILABLE', 'POST /auth/login/delegated', 503],
    ['DFNS_USER_FORBIDDEN', 'GET /wallets', 403],
    ['DFNS_USER_NOT_FOUND', 'GET /wallets', 401],
  ])('%s of %s is answered %i', (code, operation, status) => {
    const error = new DfnsApiError(code, 'refused', { operation, upstreamStatus: 400 });
    expect(toHttpException(error, { concealUserState: true }).getStatus()).toBe(status);
  });

  it('a wrong request that was not sent is still answered 400', () => {
    const error = new DfnsError('DFNS_BAD_REQUEST', 'wrong', { operation: 'POST /auth/login/delegated' });
    expect(toHttpException(error, { concealUserState: true }).getStatus()).toBe(400);
  });
});

describe('without concealUserState', () => {
  it('the states of a user have different answers', () => {
    const details = { operation: 'POST /auth/recover/user/delegated', upstreamStatus: 401 };
    const statusOf = (code: DfnsErrorCode) => toHttpException(new DfnsApiError(code, 'refused', details)).getStatus();
    expect(
      ['DFNS_USER_NOT_FOUND', 'DFNS_BAD_REQUEST', 'DFNS_NOT_FOUND'].map((code) => statusOf(code as never)),
    ).toEqual([404, 400, 404]);
  });
});
