import { object } from '../../bodies/shape.js';
import { chainOf } from '../../transfers/chain.js';
import { type ChainAnswer, isHeld } from '../../transfers/chain-request.js';
import type { ChainRequestControl } from '../../transfers/chain-request-control.js';
import type { WalletStore } from '../../wallets/wallet-store.js';
import { type Column, optionalText, type Section } from '../section.js';

const reasonBody = object({ reason: optionalText('Shown in the answers of Dfns.') });

const COLUMNS: Column[] = [
  { member: 'wallet', title: 'Wallet' },
  { member: 'amount', title: 'Amount' },
  { member: 'to', title: 'To', as: 'code' },
  { member: 'status', title: 'State', as: 'state' },
  { member: 'dateRequested', title: 'Requested', as: 'date' },
  { member: 'more', title: 'More', as: 'details' },
];

/** `transfers`: assets that leave wallets. */
export function transfersSection(control: ChainRequestControl, wallets: WalletStore): Section {
  return {
    ...chainRequestSection(control, wallets),
    name: 'transfers',
    title: 'Transfers',
    words: 'Assets that leave wallets. The clock moves a transfer on, and so can you.',
    empty: 'There is no transfer yet.',
  };
}

/** `transactions`: everything else that wallets do on a chain. */
export function transactionsSection(control: ChainRequestControl, wallets: WalletStore): Section {
  return {
    ...chainRequestSection(control, wallets),
    name: 'transactions',
    title: 'Transactions',
    words: 'What wallets do on a chain besides transfers. The clock moves a transaction on, and so can you.',
    empty: 'There is no transaction yet.',
  };
}

function chainRequestSection(
  control: ChainRequestControl,
  wallets: WalletStore,
): Pick<Section, 'columns' | 'list' | 'actions'> {
  const nameOf = (walletId: string) => wallets.all().find(({ id }) => id === walletId)?.name ?? walletId;
  return {
    columns: COLUMNS,
    list: () => control.list().map((answer) => ({ ...itemOf(answer), wallet: nameOf(answer.walletId) })),
    actions: {
      broadcast: {
        label: 'Broadcast',
        words: 'Signs it and sends it to the chain.',
        run: (id) => void control.broadcast(id),
      },
      confirm: {
        label: 'Confirm',
        words: 'The chain confirms it. It passes the states on the way.',
        run: (id) => void control.confirm(id),
      },
      fail: {
        label: 'Fail',
        words: 'The chain does not carry it out.',
        body: reasonBody,
        form: ['reason'],
        isFinal: true,
        run: (id, { reason }: { reason?: string }) => void control.fail(id, reason),
      },
      reject: {
        label: 'Reject',
        words: 'Ends it before it is signed, as a policy does.',
        body: reasonBody,
        form: ['reason'],
        isFinal: true,
        run: (id, { reason }: { reason?: string }) => void control.reject(id, reason),
      },
    },
  };
}

function itemOf(answer: ChainAnswer) {
  const { id, status, requestBody, dateRequested, externalId } = answer;
  return {
    id,
    kind: requestBody.kind,
    amount: amountOf(answer),
    to: requestBody.to,
    status,
    externalId,
    dateRequested,
    more: moreOf(answer),
    actions: actionsOf(answer),
  };
}

function actionsOf(answer: ChainAnswer): string[] {
  if (isHeld(answer)) return [];
  const possible: Partial<Record<ChainAnswer['status'], string[]>> = {
    Pending: ['broadcast', 'confirm', 'fail', 'reject'],
    Executing: ['broadcast', 'confirm', 'fail'],
    Broadcasted: ['confirm', 'fail'],
  };
  return possible[answer.status] ?? [];
}

/** What the columns have no room for. */
function moreOf({ requestBody, ...answer }: ChainAnswer): string[] {
  const lines: [string, string | undefined][] = [
    ['Kind', requestBody.kind],
    ['Network', answer.network],
    ['Id', answer.id],
    ['Wallet', answer.walletId],
    ['External id', answer.externalId],
    ['Reason', answer.reason],
    ['Approval', answer.approvalId],
    ['Replaced by', answer.replacementId],
    ['Hash', answer.txHash],
    ['Approved or rejected', answer.datePolicyResolved],
    ['Broadcasted', answer.dateBroadcasted],
    ['Confirmed', answer.dateConfirmed],
  ];
  return lines.flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
}

/** The amount in whole units, with the symbol of the asset. */
function amountOf({ requestBody, metadata, network }: ChainAnswer): string | undefined {
  const amount = 'amount' in requestBody ? requestBody['amount'] : requestBody['value'];
  if (amount === undefined) return undefined;
  const { symbol, decimals = 0 } = metadata ? metadata.asset : chainOf(network);
  const digits = String(BigInt(String(amount))).padStart(decimals + 1, '0');
  const point = digits.length - decimals;
  const fraction = digits.slice(point).replace(/0+$/, '');
  return `${digits.slice(0, point)}${fraction && `.${fraction}`}${symbol ? ` ${symbol}` : ''}`;
}
