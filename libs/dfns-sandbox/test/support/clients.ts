import { DfnsApiClient, DfnsDelegatedApiClient } from '@dfns/sdk';
import { AsymmetricKeySigner } from '@dfns/sdk-keysigner';
import type { CheckedSandbox } from './checked-sandbox.js';

interface Identity {
  authToken: string;
  credId: string;
  privateKey?: string;
}

/** The official SDK for an identity that signs for itself. */
export function signingClient({ sandbox, url }: CheckedSandbox, { authToken, credId, privateKey = '' }: Identity) {
  const signer = new AsymmetricKeySigner({ credId, privateKey });
  return new DfnsApiClient({ baseUrl: url, orgId: sandbox.orgId, authToken, signer });
}

/** The official SDK for a back end that relays what somebody else signs. */
export function relayingClient({ sandbox, url }: CheckedSandbox, authToken: string) {
  return new DfnsDelegatedApiClient({ baseUrl: url, orgId: sandbox.orgId, authToken });
}

/** A signed request by hand, for endpoints that the SDK does not know or would not let us misuse. */
export async function signedCall(
  { call }: Pick<CheckedSandbox, 'call'>,
  { authToken: token, credId, privateKey = '' }: Identity,
  method: string,
  path: string,
  body: object | string = '',
) {
  const userActionPayload = typeof body === 'string' ? body : JSON.stringify(body);
  const action = { userActionHttpMethod: method, userActionHttpPath: path, userActionPayload };
  const { body: opened } = await call('POST', '/auth/action/init', { token, body: action });
  const firstFactor = await new AsymmetricKeySigner({ credId, privateKey }).sign(opened);
  const { challengeIdentifier } = opened;
  const signed = await call('POST', '/auth/action', { token, body: { challengeIdentifier, firstFactor } });
  const headers = { 'X-DFNS-USERACTION': signed.body.userAction };
  return call(method, path, { token, body: userActionPayload, headers });
}
