import { DfnsApiClient, DfnsDelegatedApiClient } from '@dfns/sdk';
import { AsymmetricKeySigner } from '@dfns/sdk-keysigner';
import type { CheckedSandbox } from './checked-sandbox.js';

export interface Identity {
  authToken: string;
  credId: string;
  privateKey?: string;
}

/** A sandbox and the URL under which it is called. */
type Reachable = Pick<CheckedSandbox, 'sandbox' | 'url'>;

/** The official SDK for an identity that signs its own requests. */
export function signingClient({ sandbox, url }: Reachable, { authToken, credId, privateKey = '' }: Identity) {
  const signer = new AsymmetricKeySigner({ credId, privateKey });
  return new DfnsApiClient({ baseUrl: url, orgId: sandbox.orgId, authToken, signer });
}

/** The official SDK for a back end whose users sign the requests. */
export function relayingClient({ sandbox, url }: Reachable, authToken: string) {
  return new DfnsDelegatedApiClient({ baseUrl: url, orgId: sandbox.orgId, authToken });
}

/** Sends a signed request without the SDK: for endpoints that the SDK does not have, and for wrong requests. */
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
