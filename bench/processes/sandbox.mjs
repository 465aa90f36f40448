/** The sandbox of this repository, as the Dfns of many replicas. The parent sets its clock. */
import { DfnsSandbox } from 'dfns-sandbox';
import { serve } from '../child.mjs';

let now = Date.now();
const sandbox = await DfnsSandbox.start({ strict: true, now: () => now });

const received = (path) => sandbox.requests.filter((request) => request.path === path).map(({ body }) => body);

serve({
  account: () => {
    const { authToken, credId, privateKey } = sandbox.createServiceAccount({});
    return { url: sandbox.url, orgId: sandbox.orgId, authToken, credId, privateKey };
  },
  users: ({ usernames }) => usernames.map((username) => sandbox.createUser({ username })),
  setClock: (message) => {
    now = message.now;
  },
  /** How often each user logged in. */
  logins: () => {
    const logins = {};
    for (const body of received('/auth/login/delegated')) {
      const { username } = JSON.parse(body);
      logins[username] = (logins[username] ?? 0) + 1;
    }
    return { logins };
  },
  /** The bodies of the wallets that were asked for with an accepted signature. */
  wallets: () => received('/wallets'),
  secrets: () => sandbox.secrets,
});
