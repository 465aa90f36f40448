import { Injectable } from '@nestjs/common';
import { identifier } from '../configuration/identifier.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { externalIdConflict, notFound } from '../errors/refusals.js';
import type { User } from '../identities/user-store.js';
import { KeptState } from '../state/kept-state.js';
import { type SignatureBody, signRequest } from './signature-request.js';
import type { SigningKey } from './signing-key.js';
import type { Wallet } from './wallet-store.js';

/** Signature requests of keys and wallets. The sandbox has no policies, so it signs each request immediately. */
@Injectable()
export class SignatureStore {
  readonly #requests: SignatureRequest[];

  constructor(
    private readonly config: SandboxConfig,
    state: KeptState,
  ) {
    this.#requests = state.keep('signature requests', []);
  }

  /**
   * Returns the first answer again if `externalId` and body are the same (dfns-api 16.4).
   * @throws Refusal 409 for another body
   */
  create(requester: User, key: SigningKey, body: SignatureBody, wallet?: Wallet): SignatureRequest {
    const { externalId } = body;
    const earlier = externalId && this.#requests.find((request) => request.externalId === externalId);
    if (earlier) {
      const isSame = earlier.walletId === wallet?.id && earlier.keyId === key.id;
      if (isSame && JSON.stringify(earlier.requestBody) === JSON.stringify(body)) return earlier;
      throw externalIdConflict(earlier.id, externalId);
    }
    const request = {
      id: identifier('sig'),
      ...(wallet && { walletId: wallet.id }),
      keyId: key.id,
      requester: {
        userId: requester.userId,
        ...(requester.isServiceAccount && { tokenId: requester.username }),
      },
      requestBody: body,
      status: 'Signed',
      ...signRequest(key, body),
      network: wallet?.network ?? body.network,
      dateRequested: this.config.date(),
      dateSigned: this.config.date(),
      externalId,
    };
    this.#requests.push(request);
    return request;
  }

  /** All signature requests, oldest first. */
  all(): readonly SignatureRequest[] {
    return this.#requests;
  }

  /** @param ownerId id of a key or of a wallet */
  of(ownerId: string): SignatureRequest[] {
    return this.#requests.filter(({ keyId, walletId }) => keyId === ownerId || walletId === ownerId);
  }

  /** @throws Refusal 404 */
  get(ownerId: string, signatureId: string): SignatureRequest {
    const request = this.of(ownerId).find(({ id }) => id === signatureId);
    if (!request) throw notFound('signature request', { signatureId, orgId: this.config.orgId });
    return request;
  }
}

/** The JSON object that the API returns for a signature request (dfns-api 19.16). */
export interface SignatureRequest {
  id: string;
  walletId?: string;
  keyId: string;
  requester: { userId: string; tokenId?: string };
  requestBody: SignatureBody;
  status: string;
  signature: { r: string; s: string; recid?: number; encoded: string };
  signedData: string;
  network?: string;
  dateRequested: string;
  dateSigned: string;
  externalId?: string;
}
