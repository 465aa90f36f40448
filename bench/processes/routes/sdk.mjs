import { DfnsDelegatedApiClient } from '@dfns/sdk';
import { listen } from './application.mjs';
import { tokensOf } from './tokens.mjs';

/** The official SDK with a client for each user, made once: the token is at hand. */
export async function start({ url, orgId, usernames }) {
  const clients = new Map();
  for (const [username, authToken] of tokensOf(usernames)) {
    clients.set(username, new DfnsDelegatedApiClient({ baseUrl: url, orgId, authToken }));
  }
  return (await listen((username) => clients.get(username).wallets.listWallets({}))).port;
}
