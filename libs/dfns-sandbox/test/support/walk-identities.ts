import { DfnsApiClient } from '@dfns/sdk';
import type { CheckedSandbox } from './checked-sandbox.js';
import { type Identity, signedCall, signingClient } from './clients.js';
import { SoftwareKey } from './software-key.js';

/** Calls every route about identities, with the official SDK where it has the route. */
export async function walkIdentities(dfns: CheckedSandbox): Promise<void> {
  const identity = newEmployee(dfns, 'walker');
  const employee = signingClient(dfns, identity);
  await walkUsers(employee);
  await walkServiceAccounts(employee);
  await walkAccessTokens(employee);
  await walkPermissions(dfns, employee);
  await walkDelegatedCalls(dfns);
  await walkCodes(dfns, employee);
  await walkCredentials(dfns, identity);
  await employee.auth.logout({ body: {} });
}

/** Makes an employee who may do everything. */
export function newEmployee({ sandbox }: CheckedSandbox, username: string): Identity {
  const credential = new SoftwareKey();
  sandbox.createUser({ username, kind: 'CustomerEmployee', credential });
  const authToken = sandbox.issueUserToken(username);
  return { authToken, credId: credential.credId, privateKey: credential.privateKeyPem };
}

async function walkUsers({ auth }: DfnsApiClient): Promise<void> {
  const { userId } = await auth.createUser({ body: { email: 'guest@example.test', kind: 'CustomerEmployee' } });
  await auth.listUsers();
  await auth.getUser({ userId });
  await auth.updateUser({ userId, body: { isSSORequired: true } });
  await auth.deactivateUser({ userId });
  await auth.activateUser({ userId });
  await auth.archiveUser({ userId });
}

async function walkServiceAccounts({ auth }: DfnsApiClient): Promise<void> {
  const { publicKey } = new SoftwareKey();
  const { userInfo } = await auth.createServiceAccount({ body: { name: 'backend', publicKey } });
  const serviceAccountId = userInfo.userId;
  await auth.listServiceAccounts();
  await auth.getServiceAccount({ serviceAccountId });
  await auth.updateServiceAccount({ serviceAccountId, body: { name: 'renamed' } });
  await auth.deactivateServiceAccount({ serviceAccountId, body: {} });
  await auth.activateServiceAccount({ serviceAccountId });
  await auth.archiveServiceAccount({ serviceAccountId });
  await auth.listApplications();
}

async function walkAccessTokens({ auth }: DfnsApiClient): Promise<void> {
  const { publicKey } = new SoftwareKey();
  const { tokenId } = await auth.createPersonalAccessToken({ body: { name: 'script', publicKey } });
  await auth.listPersonalAccessTokens();
  await auth.getPersonalAccessToken({ tokenId });
  await auth.updatePersonalAccessToken({ tokenId, body: { name: 'renamed' } });
  await auth.deactivatePersonalAccessToken({ tokenId });
  await auth.activatePersonalAccessToken({ tokenId });
  await auth.archivePersonalAccessToken({ tokenId });
}

async function walkPermissions({ sandbox }: CheckedSandbox, { permissions }: DfnsApiClient): Promise<void> {
  const { id: permissionId } = await permissions.createPermission({
    body: { name: 'readers', operations: ['Wallets:Read'] },
  });
  await permissions.listPermissions();
  await permissions.getPermission({ permissionId });
  await permissions.updatePermission({ permissionId, body: { name: 'all readers' } });
  const body = { identityId: sandbox.createUser({ username: 'reader' }).userId };
  const { id: assignmentId } = await permissions.createAssignment({ permissionId, body });
  await permissions.listAssignments({ permissionId });
  await permissions.deleteAssignment({ permissionId, assignmentId });
  await permissions.archivePermission({ permissionId, body: { isArchived: true } });
}

/** Delegated registration, its restart, login and recovery. */
async function walkDelegatedCalls(dfns: CheckedSandbox): Promise<void> {
  const account = dfns.sandbox.createServiceAccount();
  const { auth } = signingClient(dfns, account);
  const username = 'ada@example.test';
  const begun = { email: username, kind: 'EndUser' } as const;
  await auth.createDelegatedRegistrationChallenge({ body: begun });
  const path = '/auth/registration/delegated/restart';
  const { challenge, temporaryAuthenticationToken } = (await signedCall(dfns, account, 'POST', path, begun)).body;
  const recoveryKey = new SoftwareKey();
  await clientOf(dfns, temporaryAuthenticationToken).auth.registerEndUser({
    body: {
      firstFactorCredential: new SoftwareKey().credential('Key', challenge),
      recoveryCredential: { ...recoveryKey.credential('RecoveryKey', challenge), encryptedPrivateKey: 'sealed' },
      wallets: [{ network: 'Ethereum' }],
    },
  });
  await auth.delegatedLogin({ body: { username } });
  const opened = await auth.createDelegatedRecoveryChallenge({ body: { username, credentialId: recoveryKey.credId } });
  const newCredentials = { firstFactorCredential: new SoftwareKey().credential('Key', opened.challenge) };
  const signed = Buffer.from(JSON.stringify(newCredentials)).toString('base64url');
  const recovery = { kind: 'RecoveryKey', credentialAssertion: recoveryKey.assertion(signed) } as const;
  const session = clientOf(dfns, opened.temporaryAuthenticationToken);
  await session.auth.recover({ body: { recovery, newCredentials } });
}

/** Registration, login and recovery with codes of mails. */
async function walkCodes(dfns: CheckedSandbox, employee: DfnsApiClient): Promise<void> {
  const { auth } = clientOf(dfns);
  const [key, recoveryKey] = [new SoftwareKey(), new SoftwareKey()];
  const user = { orgId: dfns.sandbox.orgId, username: 'eve@example.test' };
  const code = () => dfns.sandbox.outbox.list().at(-1)?.code ?? '';
  await employee.auth.createUser({ body: { email: user.username, kind: 'CustomerEmployee' } });
  await auth.resendRegistrationCode({ body: user });
  const begun = await auth.createRegistrationChallenge({ body: { ...user, registrationCode: code() } });
  await clientOf(dfns, begun.temporaryAuthenticationToken).auth.register({
    body: {
      firstFactorCredential: key.credential('Key', begun.challenge),
      recoveryCredential: recoveryKey.credential('RecoveryKey', begun.challenge),
    },
  });
  await auth.sendLoginCode({ body: user });
  const { challenge, challengeIdentifier } = await auth.createLoginChallenge({ body: user });
  const firstFactor = { kind: 'Key', credentialAssertion: key.assertion(challenge) } as const;
  await auth.login({ body: { challengeIdentifier, firstFactor } });
  await auth.sendRecoveryCode({ body: user });
  const recovery = { verificationCode: code(), credentialId: recoveryKey.credId };
  await auth.createRecoveryChallenge({ body: { ...user, ...recovery } });
}

async function walkCredentials(dfns: CheckedSandbox, identity: Identity): Promise<void> {
  const { auth } = signingClient(dfns, identity);
  const credentialOf = (opened: object) => {
    const { challenge, challengeIdentifier } = opened as { challenge: string; challengeIdentifier: string };
    return { ...new SoftwareKey().credential('Key', challenge), credentialName: 'another', challengeIdentifier };
  };
  const body = credentialOf(await auth.createCredentialChallenge({ body: { kind: 'Key' } }));
  const { credentialUuid } = await auth.createCredential({ body });
  await auth.listCredentials();
  await auth.deactivateCredential({ body: { credentialUuid } });
  await auth.activateCredential({ body: { credentialUuid } });
  await signedCall(dfns, identity, 'DELETE', `/auth/credentials/${credentialUuid}`);
  const expiration = new Date(Date.now() + 30_000).toISOString();
  const { code } = await auth.createCredentialCode({ body: { expiration } });
  const anonymous = clientOf(dfns).auth;
  const opened = await anonymous.createCredentialChallengeWithCode({ body: { code, credentialKind: 'Key' } });
  await anonymous.createCredentialWithCode({ body: credentialOf(opened) });
}

/** The official SDK without a key, and without a token if none is given. */
function clientOf({ url, sandbox }: CheckedSandbox, authToken = '') {
  return new DfnsApiClient({ baseUrl: url, orgId: sandbox.orgId, authToken });
}
