import { isDemoPerson } from './approval.js';
import { byId, show } from './screen.js';
import { get } from './server.js';

/** The credentials of this person at Dfns, as they were read last; `undefined` before. */
export const known = { credentials: undefined };

/** The states of a transfer at Dfns. */
const STATES = {
  Pending: 'Dfns has it',
  Executing: 'is being signed',
  Broadcasted: 'sent to the blockchain',
  Confirmed: 'done',
  Failed: 'failed',
  Rejected: 'refused',
};

/** Shows what this person has. @returns false for a person who has no wallet yet */
export async function showHome() {
  try {
    await refresh();
  } catch (error) {
    if (error.code === 'DFNS_USER_NOT_FOUND') {
      known.credentials = [];
      return false;
    }
    if (error.status !== 401 && error.code !== 'OTHER_PERSON') show('unavailable');
    throw error;
  }
  show('home');
  return true;
}

/** Reads everything again after something was done. That is done, also if it cannot be read now. */
export const refreshIfPossible = () => refresh().catch(() => {});

/** Reads wallets and credentials again. */
export async function refresh() {
  const { credentials } = await get('/me');
  const wallets = await get('/wallets');
  known.credentials = credentials.filter(({ isActive }) => isActive);
  showWallets(wallets);
  showPasskeys(known.credentials.filter(({ kind }) => kind === 'Fido2'));
  byId('lost').hidden = !known.credentials.some(({ kind }) => kind === 'RecoveryKey');
}

function showWallets(wallets) {
  byId('wallets').replaceChildren(
    ...wallets.map(({ name, network, address, balance }) =>
      item('wallet', {
        strong: name ?? 'Wallet',
        small: network,
        '.balance': amountOf(balance.amount, balance),
        code: address ?? 'The address is being made.',
      }),
    ),
  );
  byId('symbol').textContent = wallets[0]?.balance.symbol ?? '';
  const transfers = wallets.flatMap(({ balance, transfers }) => transfers.map((each) => ({ ...each, balance })));
  byId('no-transfer').hidden = transfers.length > 0;
  byId('transfers').replaceChildren(
    ...transfers.map(({ amount, balance, status, reason, to }) =>
      item('transfer', {
        strong: amountOf(amount, balance),
        small: STATES[status] ?? [status, reason].filter(Boolean).join(': '),
        code: to,
      }),
    ),
  );
  const chosen = byId('act').walletId.value;
  byId('act').walletId.replaceChildren(
    ...wallets.map(({ id, name, network }) => new Option(name ?? network, id, false, id === chosen)),
  );
}

function showPasskeys(passkeys) {
  byId('passkeys').replaceChildren(
    ...passkeys.map(({ name, dateCreated }) =>
      item('passkey-item', { strong: name, small: `since ${new Date(dateCreated).toLocaleDateString()}` }),
    ),
  );
  byId('no-passkey').hidden = passkeys.length > 0;
  byId('software-key').hidden = passkeys.length > 0 || !isDemoPerson();
}

/** '250000000000000000' becomes '0.25 ETH'. */
function amountOf(amount, { decimals, symbol }) {
  const digits = amount.padStart(decimals + 1, '0');
  const part = digits.slice(-decimals).replace(/0+$/, '');
  return `${digits.slice(0, -decimals)}${part && '.'}${part} ${symbol}`;
}

/** A copy of a template, with these texts in its elements. */
export function item(template, texts) {
  const node = byId(template).content.cloneNode(true);
  for (const [selector, text] of Object.entries(texts)) node.querySelector(selector).textContent = text;
  return node;
}
