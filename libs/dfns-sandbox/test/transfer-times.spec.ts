import { describe, expect, it } from '@jest/globals';
import type { TransferTimes } from 'dfns-sandbox';
import { CheckedSandbox, stoppedAfterEach } from './support/checked-sandbox.js';
import { signingClient } from './support/clients.js';

const start = stoppedAfterEach(CheckedSandbox);
const BODY = { kind: 'Native', to: `0x${'d'.repeat(40)}`, amount: '1' } as const;

/** Starts a sandbox whose clock stands, and makes a transfer in it. */
async function transferWith(transfers: Partial<TransferTimes>) {
  let now = Date.now();
  const dfns = await start({ transfers, now: () => now });
  const { sandbox } = dfns;
  const { wallets } = signingClient(dfns, sandbox.createServiceAccount());
  const { id: walletId } = sandbox.createWallet({ network: 'Ethereum' });
  const next = (kind: string) =>
    new Promise((resolve) => {
      sandbox.events.listen((event) => event.kind === kind && resolve(event.data));
    });
  const { id, status } = await wallets.transferAsset({ walletId, body: BODY });
  return { sandbox, id, status, next, pass: (ms: number) => (now += ms) };
}

describe('the times of transfers', () => {
  it('bring the events also if nobody asks', async () => {
    const { next, pass, id } = await transferWith({ executeAfterMs: 1, broadcastAfterMs: 2, confirmAfterMs: 3 });
    const confirmed = next('wallet.transfer.confirmed');
    pass(3);
    await expect(confirmed).resolves.toMatchObject({ transferRequest: { id, status: 'Confirmed' } });
  });

  it('may be zero: the answer of the call is still the first state', async () => {
    const { sandbox, status } = await transferWith({ executeAfterMs: 0, broadcastAfterMs: 0, confirmAfterMs: 0 });
    expect(status).toBe('Pending');
    expect(sandbox.transfers.list()).toMatchObject([{ status: 'Confirmed' }]);
  });

  it('may be infinite: then only a hand moves the transfer on', async () => {
    const { sandbox, pass, id } = await transferWith({
      executeAfterMs: Number.POSITIVE_INFINITY,
      broadcastAfterMs: Number.POSITIVE_INFINITY,
      confirmAfterMs: Number.POSITIVE_INFINITY,
    });
    pass(86_400_000);
    expect(sandbox.transfers.list()).toMatchObject([{ status: 'Pending' }]);
    expect(sandbox.transfers.broadcast(id)).toMatchObject({ status: 'Broadcasted' });
    expect(sandbox.transfers.confirm(id)).toMatchObject({ status: 'Confirmed' });
  });

  it('are those of the clock, also if the clock jumps over all of them', async () => {
    const { sandbox, pass } = await transferWith({});
    pass(3_600_000);
    const [transfer] = sandbox.transfers.list();
    const [requested = 0, broadcasted, confirmed] = [
      transfer?.dateRequested,
      transfer?.dateBroadcasted,
      transfer?.dateConfirmed,
    ].map((date) => Date.parse(date ?? ''));
    expect([broadcasted, confirmed]).toEqual([requested + 2_000, requested + 5_000]);
  });
});
