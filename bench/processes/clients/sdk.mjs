import { DfnsApiClient } from '@dfns/sdk';
import { AsymmetricKeySigner } from '@dfns/sdk-keysigner';

/** The official SDK with its key signer, as its documentation shows it. */
export function createClient({ url, orgId, authToken, credId, privateKey }) {
  const signer = new AsymmetricKeySigner({ credId, privateKey });
  const client = new DfnsApiClient({ baseUrl: url, orgId, authToken, signer });
  return async (username) => (await client.auth.delegatedLogin({ body: { username } })).token;
}
