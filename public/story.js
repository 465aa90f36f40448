/* What the requests are for, in plain words. */

/** The ways in which Dfns can fail. */
export const FAILURE_WORDS = {
  none: 'works',
  down: 'answers with an error (503)',
  unreachable: 'cuts every connection',
  busy: 'gets too many requests (429)',
  slow: 'is slow',
  'lost answers': 'does what was signed, and its answer is lost',
};

const PAGE_REQUESTS = {
  'POST /accounts': 'You create your account at the bank. Dfns is not asked.',
  'POST /session': 'You log in at the bank. Dfns never gets your password.',
  'GET /session': 'Who is logged in? Dfns is not asked.',
  'DELETE /session': 'You log out. The bank ends your session at Dfns too.',
  'GET /me': 'Reads your passkeys at Dfns.',
  'GET /wallets': 'Reads your wallets, their balances and transfers at Dfns.',
  'POST /wallets/:walletId/transfers': 'Tells Dfns what you want to do, and brings what your passkey must sign.',
  'POST /actions/:ceremonyId': 'Brings your signature. The bank sends exactly the request that it kept.',
  'POST /me/registration': 'Registers you at Dfns, and brings what your new passkey must sign.',
  'POST /me/registration/:ceremonyId': 'Brings the public half of your passkey, and the encrypted recovery key.',
  'POST /me/credentials': 'Asks for one more passkey, and brings what it must sign.',
  'POST /me/credentials/:ceremonyId': 'Brings the new passkey. It needs the approval of an old one.',
  'POST /me/recovery': 'Begins a recovery, and brings the encrypted recovery key.',
  'POST /me/recovery/:ceremonyId': 'Brings new credentials, signed with your recovery key.',
};

const TOKENS = {
  hit: 'Your Dfns token was in memory.',
  miss: 'There was no Dfns token of yours in memory: the bank logs you in at Dfns.',
  coalesced: 'Your Dfns token came from a login that was under way.',
};

export const templateOf = (operation) => operation.replaceAll(/:\w+/g, '{id}');

/** What a request of this page is for, and where the token came from. */
export function pageRequest({ operation, token }) {
  return [PAGE_REQUESTS[operation], TOKENS[token]].filter(Boolean).join(' ');
}

/** What a request to Dfns is for, and who signed. */
export function dfnsStep({ step, operation, outcome }, request) {
  const isPerson = request === 'POST /actions/:ceremonyId';
  if (step === 'init') return 'Says what will be sent, and gets a challenge.';
  if (step === 'exchange') {
    return `Hands in the challenge, signed with ${isPerson ? 'your key' : 'the key of the bank'}.`;
  }
  if (outcome === 'DFNS_USER_NOT_FOUND') return 'Dfns does not know you yet.';
  if (operation === 'POST /auth/login/delegated') return 'Logs you in, approved with that signature.';
  if (operation === 'POST /auth/registration/delegated') return 'Creates you at Dfns, approved with that signature.';
  if (operation.startsWith('POST /auth/registration/')) return 'Signed by your new passkey and your new recovery key.';
  if (operation === 'POST /auth/recover/user') return 'Signed by your old recovery key.';
  if (operation === 'POST /auth/credentials/init') return 'Needs no signature: nothing changes yet.';
  if (operation.startsWith('GET ')) return 'Reads, with your token. Needs no signature.';
  return isPerson ? 'The request itself, approved with your signature.' : 'The request itself.';
}
