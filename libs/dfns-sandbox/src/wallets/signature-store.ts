import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { identifier } from '../configuration/identifier.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { externalIdConflict, notFound } from '../errors/refusals.js';
import { PlatformEvents } from '../events/platform-events.js';
import { requesterOf, type User } from '../identities/user-store.js';
import { ActivityHandlers } from '../policies/activity-handlers.js';
import { PolicyGate } from '../policies/policy-gate.js';
import { KeptState } from '../state/kept-state.js';
import { expectSignable, type SignatureBody, signRequest } from './signature-request.js';
import type { SigningKey } from './signing-key.js';
import { type Wallet, WalletStore } from './wallet-store.js';

/** Signature requests of keys and wallets. They are signed at once, if no policy holds them (dfns-api 16.5). */
@Injectable()
export class SignatureStore {
  readonly #requests: SignatureRequest[];

  constructor(
    private readonly config: SandboxConfig,
    private readonly events: PlatformEvents,
    private readonly wallets: WalletStore,
    private readonly gate: PolicyGate,
    handlers: ActivityHandlers,
    state: KeptState,
  ) {
    this.#requests = state.keep('signature requests', []);
    handlers.add('signature', {
      shown: (id) => ({ signatureRequest: { ...this.#byId(id) } }),
      goOn: (id, time) => this.#sign(this.#byId(id), time),
      reject: (id, reason, time) => this.#end(this.#byId(id), { status: 'Rejected', reason }, time),
    });
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
      if (isSame && isDeepStrictEqual(earlier.requestBody, body)) return earlier;
      const isVisible = requester.kind !== 'EndUser' || earlier.requester.userId === requester.userId;
      throw externalIdConflict('signature', externalId, isVisible ? earlier.id : undefined);
    }
    expectSignable(key, body);
    const request: SignatureRequest = {
      id: identifier('sig'),
      ...(wallet && { walletId: wallet.id }),
      keyId: key.id,
      requester: requesterOf(requester),
      requestBody: body,
      status: 'Pending',
      network: wallet?.network ?? body.network,
      dateRequested: this.config.date(),
      externalId,
    };
    this.#requests.push(request);
    this.events.emit('wallet.signature.requested', { signatureRequest: { ...request } });
    this.#ask(requester, key, request);
    return request;
  }

  /** Policies never look at what end users do with their keys (dfns-api 16.5). */
  #ask(initiator: User, key: SigningKey, request: SignatureRequest): void {
    if (key.delegatedTo !== undefined) {
      this.#sign(request, this.config.now());
      return;
    }
    const wallets = this.wallets.ofKey(key).filter(({ id }) => id === (request.walletId ?? id));
    const subject = { walletIds: wallets.map(({ id }) => id), walletTags: wallets.flatMap(({ tags }) => tags) };
    this.gate.submit({ about: 'signature', id: request.id, kind: 'Wallets:Sign', initiator, subject }, (approvalId) => {
      request.approvalId = approvalId;
    });
  }

  #sign(request: SignatureRequest, time: number): void {
    const key = this.wallets.allKeys().find(({ id }) => id === request.keyId);
    if (!key) throw notFound('key', { keyId: request.keyId, orgId: this.config.orgId });
    const dateSigned = new Date(time).toISOString();
    this.#end(request, { status: 'Signed', dateSigned, ...signRequest(key, request.requestBody) }, time);
  }

  #end(request: SignatureRequest, change: Partial<SignatureRequest>, time: number): void {
    Object.assign(request, change);
    if (request.approvalId) request.datePolicyResolved = new Date(time).toISOString();
    const kind = request.status === 'Signed' ? 'wallet.signature.signed' : 'wallet.signature.rejected';
    this.events.emit(kind, { signatureRequest: { ...request } });
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
    return this.#byId(signatureId, this.of(ownerId));
  }

  #byId(signatureId: string, requests = this.#requests): SignatureRequest {
    const request = requests.find(({ id }) => id === signatureId);
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
  status: 'Pending' | 'Signed' | 'Rejected';
  reason?: string;
  approvalId?: string;
  signature?: { r: string; s: string; recid?: number; encoded: string };
  signedData?: string;
  network?: string;
  dateRequested: string;
  datePolicyResolved?: string;
  dateSigned?: string;
  externalId?: string;
}
