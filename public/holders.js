import { known } from './home.js';
import { byId } from './screen.js';
import { page } from './server.js';

/* Who holds what at this moment. What is secret has its own mark. */

const OPENS =
  /^POST \/(me\/(registration|recovery|credentials)|wallets\/:walletId\/transfers|me\/credentials\/:ceremonyId)$/;
const ENDS = /^POST \/(actions|me\/registration|me\/recovery)\/:ceremonyId$/;

let isOpen = false;
let hasToken = false;

export function showHolders() {
  const isIn = page.person !== undefined;
  const kinds = new Set(known.credentials?.map(({ kind }) => kind));
  const [hasPasskey, hasRecoveryKey] = [isIn && kinds.has('Fido2'), isIn && kinds.has('RecoveryKey')];
  fill('server-holds', [
    'secret: token and key of its Dfns service account',
    isIn && 'your e-mail address, and a hash of your password',
    isIn && hasToken && 'secret: a Dfns token of yours, for up to an hour',
    isOpen && 'secret: what Dfns needs besides your signature, until you have signed',
    isIn && kinds.has('Key') && !hasPasskey && 'secret: the key of the demo account',
  ]);
  fill('browser-holds', [
    isIn && 'a session cookie that no script can read',
    isIn && byId('code').textContent && 'secret: your new recovery code, until the passkey is made',
    isOpen && 'what your passkey must sign',
    hasPasskey && 'secret: your passkey, inside your device',
    !isIn && 'nothing',
  ]);
  fill('dfns-holds', [
    isIn && kinds.size > 0 && 'secret: the key of your wallet',
    hasPasskey && 'the public half of your passkey',
    hasRecoveryKey && 'your recovery key, which only your code opens',
    isIn && !known.credentials && 'this page has not asked yet',
    (!isIn || known.credentials?.length === 0) && 'nothing of yours',
  ]);
}

/** Remembers what a request changed. */
export function followRequest({ operation, status, token }) {
  const isDone = status < 400;
  if (isDone && OPENS.test(operation)) isOpen = true;
  if (ENDS.test(operation)) isOpen = false;
  if (isDone && token) hasToken = true;
  if (isDone && operation === 'DELETE /session') hasToken = isOpen = false;
}

function fill(id, texts) {
  byId(id).replaceChildren(
    ...texts.filter(Boolean).map((text) => {
      const node = document.createElement('li');
      node.textContent = text.replace('secret: ', '');
      node.classList.toggle('secret', text.startsWith('secret: '));
      return node;
    }),
  );
}
