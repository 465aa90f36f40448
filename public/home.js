import { byId, show } from './screen.js';
import { get } from './server.js';

/** Shows what this person has, or what they lack. */
export async function showHome() {
  let me;
  try {
    me = await get('/me');
  } catch (error) {
    if (error.code !== 'DFNS_USER_NOT_FOUND') throw error;
    show('set-up');
    return;
  }
  const wallets = await get('/wallets');
  byId('email').textContent = me.email;
  showWallets(wallets);
  showPasskeys(me.credentials.filter(({ kind, isActive }) => kind === 'Fido2' && isActive));
  byId('lost').hidden = !me.credentials.some(({ kind }) => kind === 'RecoveryKey');
  show('home');
}

function showWallets(wallets) {
  byId('wallets').replaceChildren(
    ...wallets.map(({ name, network, address }) =>
      item('wallet', { strong: name ?? 'Wallet', small: network, code: address ?? 'The address is being made.' }),
    ),
  );
  byId('sign').walletId.replaceChildren(...wallets.map(({ id, name, network }) => new Option(name ?? network, id)));
}

function showPasskeys(passkeys) {
  byId('passkeys').replaceChildren(
    ...passkeys.map(({ name, dateCreated }) =>
      item('passkey', { strong: name, small: `since ${new Date(dateCreated).toLocaleDateString()}` }),
    ),
  );
  const canSign = passkeys.length > 0;
  byId('no-passkey').hidden = canSign;
  byId('sign').hidden = byId('add-passkey').hidden = !canSign;
}

/** A list item from a template, with these texts in its elements. */
function item(template, texts) {
  const node = byId(template).content.cloneNode(true);
  for (const [selector, text] of Object.entries(texts)) node.querySelector(selector).textContent = text;
  return node;
}
