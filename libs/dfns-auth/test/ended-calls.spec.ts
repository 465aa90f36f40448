import { beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import {
  type CallOptions,
  type CredentialSigner,
  DelegatedAuthService,
  type DfnsAuthModuleOptions,
  DfnsClient,
  KeySigner,
  type ServiceAccountOptions,
} from 'nestjs-dfns-auth';
import { optionsFor } from './support/library-instance.js';
import { useSandboxForEachTest } from './support/use-sandbox.js';
import { waitUntil } from './support/wait-until.js';

/** A write that must not be sent for a caller who was told that the call has ended. */
const WRITE = {
  method: 'POST',
  path: '/wallets',
  body: { network: 'EthereumSepolia' },
  caller: 'serviceAccount',
} as const;
const INIT = 'POST /auth/action/init';
const ADA = { username: 'ada' };

let context: TestingModule;
let now: number;

beforeEach(() => {
  now = Date.now();
});
const world = useSandboxForEachTest({ now: () => now, users: ['ada'] });

const client = () => context.get(DfnsClient);
const login = () => context.get(DelegatedAuthService).login(ADA);

async function started(more: Partial<DfnsAuthModuleOptions> = {}): Promise<void> {
  context = await world.startInstance(more);
}

/** A way for a call to end before its time. */
type Ending = [string, string, () => { options: CallOptions; end: () => void }];

const ENDINGS: Ending[] = [
  [
    'its signal',
    'DFNS_ABORTED',
    () => {
      const controller = new AbortController();
      return { options: { signal: controller.signal }, end: () => controller.abort() };
    },
  ],
  ['its deadline', 'DFNS_TIMEOUT', () => ({ options: { deadlineMs: 60 }, end: () => {} })],
];

/** Makes the write wait, ends it, takes the obstacle away, and counts what arrives. */
async function endsWhileItWaits(
  [, code, ending]: Ending,
  waits: () => boolean,
  release: () => void,
): Promise<string[]> {
  const { options, end } = ending();
  const call = client()
    .request(WRITE, options)
    .catch((error) => error);
  await waitUntil(waits);
  const from = world.sandbox.requests.length;
  end();
  expect(await call).toMatchObject({ code, mayHaveHappened: false });
  release();
  // Whatever was held back would have gone before this login, or beside it.
  await login();
  await login();
  return world.operations(from).filter((operation) => !operation.startsWith('POST /auth/'));
}

describe.each(ENDINGS)('a call that %s ends', (...ending) => {
  it('sends nothing after it waited behind the probe of a half-open circuit', async () => {
    await started({ http: { maxAttempts: 1 } });
    world.sandbox.faults.add({ on: INIT, kind: 'status', status: 503, times: 10 });
    for (let i = 0; i < 10; i += 1) await login().catch(() => {});
    now += 5_001;
    world.sandbox.faults.add({ on: INIT, kind: 'hang' });
    const probe = new AbortController();
    const from = world.sandbox.requests.length;
    const probing = context
      .get(DelegatedAuthService)
      .login(ADA, { signal: probe.signal })
      .catch(() => {});
    await waitUntil(() => world.sandbox.requests.length > from);
    expect(
      await endsWhileItWaits(
        ending,
        () => true,
        () => probe.abort(),
      ),
    ).toEqual([]);
    await probing;
  });

  it('sends nothing after it waited for a free connection', async () => {
    await started({ http: { maxSockets: 1 } });
    world.sandbox.faults.add({ on: INIT, kind: 'hang' });
    const holder = new AbortController();
    const holding = context
      .get(DelegatedAuthService)
      .login(ADA, { signal: holder.signal })
      .catch(() => {});
    await waitUntil(() => world.sandbox.requests.length === 1);
    expect(
      await endsWhileItWaits(
        ending,
        () => true,
        () => holder.abort(),
      ),
    ).toEqual([]);
    await holding;
  });

  it('sends nothing after it waited for the token of the service account', async () => {
    const { serviceAccount } = optionsFor(world.sandbox);
    const token = serviceAccount.authToken as string;
    let isSlow = false;
    const held = deferred();
    const authToken = () => (isSlow ? held.promise.then(() => token) : token);
    await started({ serviceAccount: { ...serviceAccount, authToken } });
    isSlow = true;
    const arrived = await endsWhileItWaits(
      ending,
      () => true,
      () => {
        isSlow = false;
        held.resolve();
      },
    );
    expect(arrived).toEqual([]);
  });

  it('sends nothing after it waited for the signer', async () => {
    const { serviceAccount } = optionsFor(world.sandbox);
    const signer = new KeySigner((serviceAccount as ServiceAccountOptions).credential as never);
    let isSlow = true;
    const held = deferred();
    const credential: CredentialSigner = {
      sign: async (challenge) => {
        if (isSlow) await held.promise;
        return signer.sign(challenge);
      },
    };
    await started({ serviceAccount: { ...serviceAccount, credential } });
    const arrived = await endsWhileItWaits(
      ending,
      () => world.sandbox.requests.length > 0,
      () => {
        isSlow = false;
        held.resolve();
      },
    );
    expect(arrived).toEqual([]);
  });
});

describe('a call that its signal ends', () => {
  const [bySignal] = ENDINGS as [Ending];

  it('sends nothing after it waited for the quota', async () => {
    await started();
    world.sandbox.faults.add({ on: INIT, kind: 'status', status: 429, headers: { 'Retry-After': '0.3' } });
    const limited = login();
    await waitUntil(() => world.sandbox.requests.length === 1);
    const arrived = await endsWhileItWaits(
      bySignal,
      () => true,
      () => {},
    );
    expect(arrived).toEqual([]);
    await limited;
  });

  it('sends nothing after it waited for its next attempt', async () => {
    await started();
    world.sandbox.faults.add({ on: INIT, kind: 'status', status: 503, headers: { 'Retry-After': '0.3' } });
    const arrived = await endsWhileItWaits(
      bySignal,
      () => world.sandbox.requests.length > 0,
      () => {},
    );
    expect(arrived).toEqual([]);
  });
});

function deferred() {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve: () => resolve() };
}
