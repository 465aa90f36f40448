import { approve } from './approval.js';
import { byId } from './screen.js';
import { post } from './server.js';

/* The one thing that a wallet does here. Its form is `act` in index.html, its controller is src/wallets. */

/** Does what the form says, and shows the result. */
export async function act(form) {
  byId('result').hidden = true;
  const begun = await post(`/wallets/${form.get('walletId')}/signatures`, { message: form.get('message') });
  const { signature } = await approve(begun);
  byId('result').querySelector('output').textContent = signature.encoded ?? `r ${signature.r} s ${signature.s}`;
  byId('result').hidden = false;
}
