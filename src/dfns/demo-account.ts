import { generateKeyPairSync } from 'node:crypto';
import { Injectable, NotFoundException, type OnModuleInit } from '@nestjs/common';
import { type KeyAssertion, KeySigner } from 'nestjs-dfns-auth';
import { Accounts } from '../accounts/accounts.js';
import { DfnsConnection } from './dfns-connection.js';

export const DEMO_EMAIL = 'demo@example.test';
export const DEMO_PASSWORD = 'demo-password';
const CREDENTIAL_ID = 'demo-key';

/**
 * A demo account, and its Dfns user with a wallet. Only if Dfns is local. This server holds the key that signs for it, so
 * that it can be tried without a passkey. The keys of real people are never on a server.
 */
@Injectable()
export class DemoAccount implements OnModuleInit {
  #signer?: KeySigner;
  /** Address of somebody to whom money can be sent. */
  payee?: string;

  constructor(
    private readonly accounts: Accounts,
    private readonly dfns: DfnsConnection,
  ) {}

  async onModuleInit(): Promise<void> {
    const { sandbox } = this.dfns;
    if (!sandbox) return;
    const { publicKey, privateKey } = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    this.#signer = new KeySigner({ credId: CREDENTIAL_ID, privateKey });
    const { username } = await this.accounts.create(DEMO_EMAIL, DEMO_PASSWORD);
    const wallets = [{ network: 'EthereumSepolia', name: 'Demo wallet' }];
    sandbox.createUser({ username, credential: { credId: CREDENTIAL_ID, publicKey }, wallets });
    this.payee = sandbox.createWallet({ network: 'EthereumSepolia', name: 'Corner shop' }).address;
  }

  /** Signs the challenge of a user action as the demo user. */
  async sign(challenge: string): Promise<KeyAssertion> {
    if (!this.#signer) throw new NotFoundException();
    return this.#signer.sign({
      challenge,
      challengeIdentifier: '',
      supportedCredentialKinds: [],
      allowCredentials: { key: [{ type: 'public-key', id: CREDENTIAL_ID }], webauthn: [] },
      userVerification: 'discouraged',
      externalAuthenticationUrl: '',
    });
  }
}
