import { Injectable } from '@nestjs/common';
import { RoleStore } from '../access/role-store.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { newCredential } from '../credentials/credential.js';
import { type KeyMaterial, keyMaterial } from '../identities/key-material.js';
import { type UserKind, UserStore } from '../identities/user-store.js';
import { IssuedSecrets } from '../tokens/issued-secrets.js';
import { WalletStore } from '../wallets/wallet-store.js';

/** The argument of `createUser`. */
export interface UserRequest {
  username: string;
  /** @default 'EndUser' */
  kind?: UserKind | undefined;
  /** `false` makes a user whose delegated registration is not complete. @default true */
  registered?: boolean | undefined;
  /** The first credential. Without `publicKey` the sandbox makes a key pair and returns the private key. */
  credential?: { publicKey?: string; credId?: string } | undefined;
  recoveryCredential?: { publicKey?: string; credId?: string; encryptedPrivateKey?: string } | undefined;
  /** Wallets to make together with the user. Wallets of an end user are delegated. */
  wallets?: { network: string; name?: string }[] | undefined;
  permissions?: string[] | undefined;
  userId?: string | undefined;
  externalId?: string | undefined;
}

/** A new user, with the private keys that the sandbox made. */
export interface CreatedUser {
  userId: string;
  username: string;
  kind: UserKind;
  credId?: string;
  /** PKCS#8 PEM. It is set when the sandbox made the key pair. */
  privateKey?: string;
  recovery?: { credId: string; privateKey?: string };
}

/** Makes users who need no registration, for tests and demonstrations. */
@Injectable()
export class UserFactory {
  constructor(
    private readonly config: SandboxConfig,
    private readonly users: UserStore,
    private readonly roles: RoleStore,
    private readonly wallets: WalletStore,
    private readonly secrets: IssuedSecrets,
  ) {}

  create({ registered = true, kind = 'EndUser', ...request }: UserRequest): CreatedUser {
    const key = registered ? keyMaterial(request.credential ?? {}) : undefined;
    const recovery = request.recoveryCredential && keyMaterial(request.recoveryCredential);
    const encryptedPrivateKey = request.recoveryCredential?.encryptedPrivateKey;
    const dateCreated = this.config.date();
    const user = this.users.add({
      username: request.username,
      kind,
      isRegistered: registered,
      credentials: [
        ...(key ? [newCredential({ kind: 'Key', ...publicPart(key), dateCreated })] : []),
        ...(recovery
          ? [newCredential({ kind: 'RecoveryKey', ...publicPart(recovery), dateCreated, encryptedPrivateKey })]
          : []),
      ],
      ...(request.userId && { userId: request.userId }),
      ...(request.externalId && { externalId: request.externalId }),
    });
    const { userId, username } = user;
    this.roles.giveFirst(user, request.permissions);
    for (const { privateKey } of [key ?? {}, recovery ?? {}]) if (privateKey) this.secrets.add(privateKey);
    for (const wallet of request.wallets ?? []) {
      this.wallets.create({ ...wallet, delegateTo: kind === 'EndUser' ? userId : undefined });
    }
    return { userId, username, kind, ...returnedKey(key), ...(recovery && { recovery: returnedKey(recovery) }) };
  }
}

const publicPart = ({ credId, publicKey }: KeyMaterial) => ({ credId, publicKey });

const returnedKey = (key: KeyMaterial | undefined) =>
  key && { credId: key.credId, ...(key.privateKey && { privateKey: key.privateKey }) };
