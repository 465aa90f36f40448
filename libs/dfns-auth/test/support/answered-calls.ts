import { expect } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import {
  createKeyCredential,
  DelegatedAuthService,
  DelegatedCeremonies,
  DfnsCredentials,
  DfnsUsers,
  KeySigner,
  type KeySignerOptions,
  signRecovery,
} from 'nestjs-dfns-auth';
import { credentialsOf, newKey, newPerson } from './person-keys.js';
import type { World } from './use-sandbox.js';

/**
 * A request of the library, and what must be in the answer of Dfns to it. An answer is refused only if the next step
 * needs a member that is missing. Every other member may be missing, and unknown ones may come.
 */
export interface AnsweredCall {
  operation: string;
  /** The paths of the members that the next step needs. */
  needs: string[];
  /** Makes the request with everything before it, and takes the next step with the answer. */
  run: (username: string) => Promise<unknown>;
}

const WALLET = { method: 'POST' as const, path: '/wallets', body: { network: 'Solana' } };
const TEMPORARY = ['temporaryAuthenticationToken', 'challenge'];

type Begun = Awaited<ReturnType<DelegatedCeremonies['beginAction']>>;

/** All requests of the library whose answers it reads. `open` returns the instance that makes them. */
export function answeredCalls(world: World, open: () => TestingModule): AnsweredCall[] {
  const auth = () => open().get(DelegatedAuthService);
  const users = () => open().get(DfnsUsers);
  const ceremonies = () => open().get(DelegatedCeremonies);

  /** Creates a user who can log in, sign and recover. */
  function userOf(username: string) {
    const {
      userId,
      credId = '',
      privateKey = '',
      recovery,
    } = world.sandbox.createUser({ username, recoveryCredential: {} });
    return { userId, key: { credId, privateKey }, recoveryKey: recovery as KeySignerOptions };
  }

  async function register(username: string, wallets?: { network: string }[]) {
    const { ceremonyId, challenge } = await ceremonies().beginRegistration(username, { wallets });
    const credentials = credentialsOf(newPerson(username), challenge.challenge);
    const registered = await ceremonies().finishRegistration(username, ceremonyId, credentials);
    expect(registered.user).toEqual({
      id: world.sandbox.user(username)?.userId,
      username,
      orgId: world.sandbox.orgId,
    });
    expect(world.sandbox.user(username)?.isRegistered).toBe(true);
  }

  async function recover(username: string) {
    const { recoveryKey } = userOf(username);
    const { ceremonyId, challenge } = await ceremonies().beginRecovery(username, recoveryKey.credId);
    const signed = signRecovery(recoveryKey, credentialsOf(newPerson(`${username} again`), challenge.challenge));
    const { user } = await ceremonies().finishRecovery(username, ceremonyId, signed);
    expect(user.username).toBe(username);
  }

  /** Adds a credential, and signs with an existing one for that. */
  async function addCredential(username: string) {
    const { key } = userOf(username);
    const made = await ceremonies().beginCredential(username, 'Key');
    const options = { credentialKind: 'Key', credentialName: 'n', ...newKey(`second of ${username}`) } as const;
    const credential = createKeyCredential(made.challenge.challenge, options);
    const approval = await ceremonies().beginCredentialAction(username, made.ceremonyId, credential);
    await finish(username, key, approval);
    expect(world.sandbox.user(username)?.credentials).toHaveLength(3);
  }

  async function finish(username: string, key: KeySignerOptions, { ceremonyId, challenge }: Begun) {
    const assertion = await new KeySigner(key).sign({ ...challenge, challengeIdentifier: '' });
    return ceremonies().finishAction(username, ceremonyId, assertion);
  }

  async function act(username: string) {
    const { key } = userOf(username);
    await finish(username, key, await ceremonies().beginAction(username, WALLET));
  }

  /** Deactivates a credential of a user. The library sends the write with the signature of the user. */
  async function deactivateCredential(username: string) {
    const { key } = userOf(username);
    const [credential] = await open().get(DfnsCredentials).list(username);
    const body = { credentialUuid: credential?.credentialUuid };
    const action = { method: 'PUT', path: '/auth/credentials/deactivate', body } as const;
    await finish(username, key, await ceremonies().beginAction(username, action));
  }

  return [
    {
      operation: 'POST /auth/action/init',
      // The signer of the service account looks for its own id.
      needs: [
        'challenge',
        'challengeIdentifier',
        'allowCredentials',
        'allowCredentials.key',
        'allowCredentials.key.0.id',
      ],
      run: (username) => auth().login({ username: userOf(username) && username }),
    },
    {
      operation: 'POST /auth/action',
      needs: ['userAction'],
      run: (username) => users().activate(userOf(username).userId),
    },
    {
      operation: 'POST /auth/login/delegated',
      needs: ['token'],
      run: (username) => auth().getToken(userOf(username) && username),
    },
    {
      operation: 'PUT /auth/logout',
      needs: [],
      run: async (username) => {
        userOf(username);
        await auth().getToken(username);
        await auth().logout(username);
      },
    },
    { operation: 'POST /auth/registration/delegated', needs: TEMPORARY, run: (username) => register(username) },
    {
      operation: 'POST /auth/registration/delegated/restart',
      needs: TEMPORARY,
      run: (username) => {
        world.sandbox.createUser({ username, registered: false });
        return register(username);
      },
    },
    { operation: 'POST /auth/registration', needs: [], run: (username) => register(username) },
    {
      operation: 'POST /auth/registration/enduser',
      needs: [],
      run: (username) => register(username, [{ network: 'Solana' }]),
    },
    {
      operation: 'POST /auth/recover/user/delegated',
      needs: [...TEMPORARY, 'allowedRecoveryCredentials', 'allowedRecoveryCredentials.0.id'],
      run: recover,
    },
    { operation: 'POST /auth/recover/user', needs: [], run: recover },
    {
      operation: 'POST /auth/credentials/init',
      needs: ['challenge', 'challengeIdentifier', 'user', 'user.id'],
      run: addCredential,
    },
    { operation: 'POST /auth/credentials', needs: [], run: addCredential },
    { operation: 'PUT /auth/credentials/deactivate', needs: [], run: deactivateCredential },
    {
      operation: 'GET /auth/credentials',
      needs: ['items'],
      run: (username) =>
        open()
          .get(DfnsCredentials)
          .list(userOf(username) && username),
    },
    { operation: 'GET /auth/users', needs: ['items'], run: () => users().list({ limit: 2 }) },
    {
      operation: 'PUT /auth/users/{userId}/deactivate',
      needs: [],
      run: (username) => users().deactivate(userOf(username).userId),
    },
    {
      operation: 'DELETE /auth/users/{userId}',
      needs: [],
      run: (username) => users().archive(userOf(username).userId),
    },
    { operation: 'POST /wallets', needs: [], run: act },
  ];
}
