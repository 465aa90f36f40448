import { DelegatedAuthService, DfnsAuthModule, DfnsClient } from 'nestjs-dfns-auth';
import { listen, usernameOf } from './application.mjs';

/** `DfnsUserGuard`, and the token of the user from the cache. */
export async function start({ url, orgId, authToken, credId, privateKey, usernames }) {
  const registration = DfnsAuthModule.forRoot({
    baseUrl: url,
    orgId,
    serviceAccount: { authToken, credential: { credId, privateKey } },
    identity: (context) => usernameOf(context.switchToHttp().getRequest()),
  });
  let client;
  const list = (username) => client.request({ method: 'GET', path: '/wallets', caller: { username } });
  const { port, app } = await listen(list, { imports: [registration], isOurs: true });
  client = app.get(DfnsClient, { strict: false });
  const service = app.get(DelegatedAuthService, { strict: false });
  for (const username of usernames) await service.getToken(username);
  return port;
}
