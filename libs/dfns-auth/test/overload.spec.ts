import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DelegatedAuthService, type DfnsError } from 'nestjs-dfns-auth';
import { AlteringGateway } from './support/altering-gateway.js';
import { failureOf } from './support/failure-of.js';
import { useSandboxForEachTest } from './support/use-sandbox.js';

const ANSWER_MS = 60;
const PLACES = 2;
/** Two places do about 25 logins in this time: three requests each. */
const DEADLINE_MS = 2_200;

const world = useSandboxForEachTest({ users: ['ada'] });
let gateway: AlteringGateway;
let service: DelegatedAuthService;

/** A Dfns that takes its time for each answer. */
beforeEach(async () => {
  gateway = await AlteringGateway.open(world.sandbox.url);
  gateway.on('*', ({ status, headers, body }, response) => {
    setTimeout(() => response.writeHead(status, headers).end(body), ANSWER_MS);
  });
  const http = { maxSockets: PLACES, deadlineMs: DEADLINE_MS, maxAttempts: 1 };
  service = (await world.startInstance({ baseUrl: gateway.url, http })).get(DelegatedAuthService);
});

afterEach(() => gateway.close());

const login = (deadlineMs?: number) => service.login({ username: 'ada' }, { deadlineMs });

/** Logs in, so that it is known how long that takes. */
const learn = () => login(10_000);

describe('a Dfns that is asked for more than it answers in time', () => {
  it('answers the calls that were begun, and all others are refused at once', async () => {
    await learn();
    const before = gateway.seen.length;
    const ends: string[] = [];
    const errors: DfnsError[] = [];
    const calls = Array.from({ length: 300 }, () =>
      login().then(
        () => ends.push('ok'),
        (error) => {
          ends.push(error.code);
          errors.push(error);
        },
      ),
    );
    // No answer can arrive meanwhile.
    for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
    expect(ends.length).toBeGreaterThan(200);
    await Promise.all(calls);
    const done = ends.filter((end) => end === 'ok').length;
    expect(done).toBeGreaterThanOrEqual(4);
    expect(errors.filter(({ code }) => code !== 'DFNS_RATE_LIMITED').length).toBeLessThanOrEqual(PLACES);
    // A call that was begun and not ended has spent two requests.
    expect(gateway.seen.length - before - 3 * done).toBeLessThanOrEqual(2 * PLACES);
    for (const error of errors) expect(error).toMatchObject({ mayHaveHappened: false });
    const refused = errors.filter(({ code }) => code === 'DFNS_RATE_LIMITED');
    for (const { retryAfterMs } of refused) expect(retryAfterMs).toBeGreaterThan(3 * ANSWER_MS);
  });

  it('is asked by everybody again as soon as nobody waits', async () => {
    await learn();
    await Promise.all(Array.from({ length: 60 }, () => failureOf(login())));
    await expect(login()).resolves.toBeDefined();
  });

  it('is asked by the others first when one user asks too much', async () => {
    world.sandbox.createUser({ username: 'bob' });
    await learn();
    const flood = Array.from({ length: 100 }, () => failureOf(login()));
    await expect(service.login({ username: 'bob' })).resolves.toBeDefined();
    await Promise.all(flood);
  });
});

describe('a call that has less time than calls took until now', () => {
  it('is begun while a place is free', async () => {
    await learn();
    const before = gateway.seen.length;
    expect(await failureOf(login(2 * ANSWER_MS))).toMatchObject({ code: 'DFNS_TIMEOUT' });
    expect(gateway.seen.length).toBeGreaterThan(before);
  });

  it('is not begun, and refused at once, while all places are taken', async () => {
    await learn();
    const others = [login(), login()];
    const before = gateway.seen.length;
    let refused: unknown;
    void failureOf(login(ANSWER_MS)).then((error) => {
      refused = error;
    });
    // No answer can arrive meanwhile.
    for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
    expect(refused).toMatchObject({ code: 'DFNS_RATE_LIMITED' });
    await Promise.all(others);
    expect(gateway.seen.length - before).toBeLessThanOrEqual(6);
  });
});
