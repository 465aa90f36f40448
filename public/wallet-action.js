import { approve } from './approval.js';
import { refreshIfPossible } from './home.js';
import { post } from './server.js';

/* The one thing that a wallet does here: a transfer. Its form is `act` in index.html, its controllers are in src/wallets. */

const ETHER_DECIMALS = 18;

/** The transfer that was begun last and has no answer yet. */
let unanswered = { id: undefined, key: undefined };

/** Does what the form says, and shows what has changed. */
export async function act(form) {
  const [walletId, to, amount] = ['walletId', 'to', 'amount'].map((name) => form.get(name));
  const externalId = idOf(`${walletId} ${to} ${amount}`);
  const transfer = { to, amount: smallestUnit(amount), externalId };
  const begun = await post(`/wallets/${walletId}/transfers`, transfer);
  await approve(begun).catch((error) => {
    throw Object.assign(error, { isRepeatable: true });
  });
  unanswered = {};
  await refreshIfPossible();
}

/** The same id for the same transfer, until it is answered. So a transfer whose answer was lost is not made twice. */
function idOf(key) {
  if (unanswered.key !== key) unanswered = { key, id: crypto.randomUUID() };
  return unanswered.id;
}

/** '0.25' becomes '250000000000000000'. */
function smallestUnit(amount) {
  const [whole, part = ''] = amount.split('.');
  return String(BigInt(whole + part.padEnd(ETHER_DECIMALS, '0')));
}
