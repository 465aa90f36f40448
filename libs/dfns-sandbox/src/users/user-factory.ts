import { Injectable } from '@nestjs/common';
import { EMPLOYEE_PERMISSIONS, END_USER_PERMISSIONS } from '../access/permissions.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { newCredential } from '../credentials/credential.js';
import { type KeyMaterial, keyMaterial } from '../identities/key-material.js';
import { type UserKind, UserStore } from '../identities/user-store.js';
import { IssuedSecrets } from '../tokens/issued-secrets.js';
import { WalletStore } from '../wallets/wallet-store.js';

/** What `createUser` takes. */
export interface UserRequest {
  username: string;
  /** @default 'EndUser' */
  kind?: UserKind;
  /** `false` leaves the user as a delegated registration that was never finished. @default true */
  registered?: boolean;
  /** Its first credential; without `publicKey` a key pair is made and its private half handed back. */
  credential?: { publicKey?: string; credId?: string };
  recoveryCredential?: { publicKey?: string; credId?: string; encryptedPrivateKey?: string };
  /** Made at once and, for an end user, delegated. */
  wallets?: { network: string; name?: string }[];
  permissions?: string[];
  userId?: string;
  externalId?: string;
}

/** A new user, with the keys that only its maker learns. */
export interface CreatedUser {
  userId: string;
  username: string;
  kind: UserKind;
  credId?: string;
  /** PKCS#8 PEM, when the sandbox made the pair. */
  privateKey?: string;
  recovery?: { credId: string; privateKey?: string };
}

/** Makes users without the ceremony, for tests and demonstrations. */
@Injectable()
export class UserFactory {
  constructor(
    private readonly config: SandboxConfig,
    private readonly users: UserStore,
    private readonly wallets: WalletStore,
    private readonly secrets: IssuedSecrets,
  ) {}

  create({ registered = true, kind = 'EndUser', ...request }: UserRequest): CreatedUser {
    const key = registered ? keyMaterial(request.credential ?? {}) : undefined;
    const recovery = request.recoveryCredential && keyMaterial(request.recoveryCredential);
    const encryptedPrivateKey = request.recoveryCredential?.encryptedPrivateKey;
    const dateCreated = this.config.date();
    const { userId, username } = this.users.add({
      username: request.username,
      kind,
      isRegistered: registered,
      permissions: request.permissions ?? (kind === 'EndUser' ? END_USER_PERMISSIONS : EMPLOYEE_PERMISSIONS),
      credentials: [
        ...(key ? [newCredential({ kind: 'Key', ...publicHalf(key), dateCreated })] : []),
        ...(recovery
          ? [newCredential({ kind: 'RecoveryKey', ...publicHalf(recovery), dateCreated, encryptedPrivateKey })]
          : []),
      ],
      ...(request.userId && { userId: request.userId }),
      ...(request.externalId && { externalId: request.externalId }),
    });
    for (const { privateKey } of [key ?? {}, recovery ?? {}]) if (privateKey) this.secrets.add(privateKey);
    for (const wallet of request.wallets ?? []) {
      this.wallets.create({ ...wallet, delegateTo: kind === 'EndUser' ? userId : undefined });
    }
    return { userId, username, kind, ...handedBack(key), ...(recovery && { recovery: handedBack(recovery) }) };
  }
}

const publicHalf = ({ credId, publicKey }: KeyMaterial) => ({ credId, publicKey });

const handedBack = (key: KeyMaterial | undefined) =>
  key && { credId: key.credId, ...(key.privateKey && { privateKey: key.privateKey }) };
