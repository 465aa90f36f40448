import { createPublicKey } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RelyingParty } from 'dfns-sandbox';
import { parsePublicKey } from '../src/credentials/public-key.js';
import { CheckedSandbox, stoppedAfterEach } from './support/checked-sandbox.js';
import { signedCall, signingClient } from './support/clients.js';
import { vectors } from './support/fixtures.js';

// Each test sends a vector over HTTP. The sandbox uses the challenge of the vector.
const start = stoppedAfterEach(CheckedSandbox);
let dfns: CheckedSandbox;
let challenge = '';
beforeEach(async () => {
  dfns = await start({ challenges: () => challenge });
});

interface SigningVector {
  name?: string;
  keyId: string;
  challenge: string;
  init?: object;
  firstFactor: { kind: string; credentialAssertion: { algorithm?: string } };
}

async function replay({ keyId, init, firstFactor, ...vector }: SigningVector) {
  const { credId, publicKeyPem } = vectors.keys.find(({ id }: { id: string }) => id === keyId);
  const { authToken } = dfns.sandbox.createServiceAccount({ publicKey: publicKeyPem.spki, credId });
  return sign(authToken, vector.challenge, firstFactor, init);
}

async function sign(token: string, next: string, firstFactor: object, init?: object) {
  challenge = next;
  const action = { userActionHttpMethod: 'POST', userActionHttpPath: '/wallets', userActionPayload: '{}' };
  const { body } = await dfns.call('POST', '/auth/action/init', { token, body: init ?? action });
  expect(body.challenge).toBe(challenge);
  const { challengeIdentifier } = body;
  return dfns.call('POST', '/auth/action', { token, body: { challengeIdentifier, firstFactor } });
}

/** Opens a delegated registration with the challenge `next`. */
async function beginRegistration(next: string, email = 'ada'): Promise<string> {
  challenge = next;
  const backend = signingClient(dfns, dfns.sandbox.createServiceAccount());
  const opened = await backend.auth.createDelegatedRegistrationChallenge({ body: { email, kind: 'EndUser' } });
  expect(opened.challenge).toBe(next);
  return opened.temporaryAuthenticationToken;
}

describe('user action signing', () => {
  it.each<SigningVector>(vectors.userActionSigning)('accepts $name', async (vector) => {
    expect(await replay(vector)).toMatchObject({ status: 200, body: { userAction: expect.any(String) } });
  });

  it.each<SigningVector>(vectors.userActionSigningInvalid)('refuses $name', async (vector) => {
    expect(await replay(vector)).toMatchObject({
      status: 401,
      message: expect.stringMatching(/^Credential assertion was refused: /),
    });
  });

  it.each<SigningVector>(vectors.userActionSigningAlgorithm)(
    'accepts the algorithm for $keyId (%#)',
    async (vector) => {
      expect(await replay(vector)).toMatchObject({ status: 200 });
    },
  );

  it.each<SigningVector>(vectors.userActionSigningAlgorithm)('refuses a wrong algorithm (%#)', async (vector) => {
    const { kind, credentialAssertion } = vector.firstFactor;
    const algorithm = credentialAssertion.algorithm === 'SHA512' ? 'SHA256' : 'SHA512';
    const firstFactor = { kind, credentialAssertion: { ...credentialAssertion, algorithm } };
    expect(await replay({ ...vector, firstFactor })).toMatchObject({ status: 401 });
  });

  it('refuses an algorithm that is not documented', async () => {
    const [vector] = vectors.userActionSigningAlgorithm;
    const { kind, credentialAssertion } = vector.firstFactor;
    const firstFactor = { kind, credentialAssertion: { ...credentialAssertion, algorithm: 'sha256' } };
    expect(await replay({ ...vector, firstFactor })).toMatchObject({ status: 401 });
  });
});

describe('registration of keys', () => {
  interface RegistrationVector {
    name: string;
    challenge: string;
    credential: { credentialInfo: { credId: string } };
  }
  const register = async (vector: RegistrationVector) => {
    const token = await beginRegistration(vector.challenge);
    return dfns.call('POST', '/auth/registration', { token, body: { firstFactorCredential: vector.credential } });
  };

  it.each<RegistrationVector>(vectors.keyRegistration)('accepts $name', async (vector) => {
    expect(await register(vector)).toMatchObject({ status: 200, body: { credential: { kind: 'Key' } } });
    const { credId } = vector.credential.credentialInfo;
    expect(dfns.sandbox.user('ada')?.credentials).toMatchObject([{ credId, isActive: true }]);
  });

  it.each<RegistrationVector>(vectors.keyRegistrationInvalid)('refuses $name', async (vector) => {
    expect(await register(vector)).toMatchObject({
      status: 401,
      message: expect.stringMatching(/^New credential was refused: /),
    });
    expect(dfns.sandbox.user('ada')?.credentials).toEqual([]);
  });
});

describe('passkeys', () => {
  const { registration, assertion } = vectors.fido2;
  const userId = Buffer.from(vectors.fido2.userHandle, 'base64url').toString();

  /** Registers the passkey of the vectors, in one of its two variants, and returns a user token. */
  async function registered(variant: number): Promise<string> {
    dfns.sandbox.createUser({ username: 'ada', userId, registered: false });
    challenge = registration.challenge;
    const account = dfns.sandbox.createServiceAccount();
    const restart = { email: 'ada', kind: 'EndUser' };
    const opened = await signedCall(dfns, account, 'POST', '/auth/registration/delegated/restart', restart);
    const body = { firstFactorCredential: registration.variants[variant].credential };
    const token = opened.body.temporaryAuthenticationToken;
    const answer = await dfns.call('POST', '/auth/registration', { token, body });
    expect(answer).toMatchObject({ status: 200, body: { credential: { kind: 'Fido2', name: 'test passkey' } } });
    return dfns.sandbox.issueUserToken('ada');
  }
  beforeEach(async () => {
    dfns = await start({ challenges: () => challenge, restart: true });
  });

  it.each([0, 1])('register and sign with variant %i of the challenge', async (variant) => {
    const token = await registered(variant);
    for (const { firstFactor } of assertion.variants) {
      expect(await sign(token, assertion.challenge, firstFactor)).toMatchObject({ status: 200 });
    }
  });

  it('are listed for signing, and excluded from a new registration', async () => {
    const token = await registered(0);
    const passkey = { type: 'public-key', id: vectors.fido2.credId };
    const again = await dfns.call('POST', '/auth/credentials/init', { token, body: { kind: 'Fido2' } });
    expect(again.body).toMatchObject({ rp: { id: 'localhost' }, excludeCredentials: [passkey] });
    const action = { userActionHttpMethod: 'POST', userActionHttpPath: '/wallets', userActionPayload: '{}' };
    const { body } = await dfns.call('POST', '/auth/action/init', { token, body: action });
    expect(body.allowCredentials).toMatchObject({ key: [], webauthn: [passkey] });
    const { items } = (await dfns.call('GET', '/auth/credentials', { token })).body;
    expect(items).toMatchObject([{ kind: 'Fido2', origin: 'http://localhost:3000', relyingPartyId: 'localhost' }]);
  });

  it('are refused if the counter decreases', async () => {
    const token = await registered(0);
    const [first, second] = assertion.variants;
    expect(await sign(token, assertion.challenge, second.firstFactor)).toMatchObject({ status: 200 });
    expect(await sign(token, assertion.challenge, first.firstFactor)).toMatchObject({ status: 401 });
  });

  it('log in without a username, and only their own user', async () => {
    await registered(0);
    challenge = assertion.challenge;
    const { orgId } = dfns.sandbox;
    const logIn = async (userHandle: string) => {
      const opened = await dfns.call('POST', '/auth/login/init', { body: { orgId } });
      const { kind, credentialAssertion } = assertion.variants[0].firstFactor;
      const firstFactor = { kind, credentialAssertion: { ...credentialAssertion, userHandle } };
      const { challengeIdentifier } = opened.body;
      return dfns.call('POST', '/auth/login', { body: { challengeIdentifier, firstFactor } });
    };
    expect(await logIn('dXMtb3RoZXI')).toMatchObject({ status: 401 });
    const { status, body } = await logIn(vectors.fido2.userHandle);
    expect([status, await dfns.call('GET', '/auth/credentials', { token: body.token })]).toMatchObject([
      200,
      { body: { items: [{ kind: 'Fido2' }] } },
    ]);
  });

  it.each(['', 'not+base64url'])('are refused with the user handle %j', async (userHandle) => {
    const token = await registered(0);
    const { kind, credentialAssertion } = assertion.variants[0].firstFactor;
    const firstFactor = { kind, credentialAssertion: { ...credentialAssertion, userHandle } };
    expect(await sign(token, assertion.challenge, firstFactor)).toMatchObject({
      status: 400,
      message: expect.stringContaining('userHandle'),
    });
  });

  it.each([
    ['challenge', 'another', {}],
    ['user handle', assertion.challenge, { userHandle: 'dXMtb3RoZXI' }],
    ['signature', assertion.challenge, { signature: assertion.variants[1].firstFactor.credentialAssertion.signature }],
    ['client data', assertion.challenge, { clientData: 'bm90IGpzb24' }],
  ])('are refused with another %s', async (_, other, change) => {
    const token = await registered(0);
    const { kind, credentialAssertion } = assertion.variants[0].firstFactor;
    const firstFactor = { kind, credentialAssertion: { ...credentialAssertion, ...change } };
    expect(await sign(token, other, firstFactor)).toMatchObject({ status: 401 });
  });

  it('are refused if the registration has another challenge', async () => {
    const token = await beginRegistration('Y2g');
    const body = { firstFactorCredential: registration.variants[0].credential };
    expect(await dfns.call('POST', '/auth/registration', { token, body })).toMatchObject({ status: 401 });
  });

  it('register once, also when three requests come at the same time', async () => {
    const token = await beginRegistration(registration.challenge);
    const body = { firstFactorCredential: registration.variants[0].credential };
    const complete = () => dfns.call('POST', '/auth/registration', { token, body });
    const answers = await Promise.all([complete(), complete(), complete()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
  });

  it('are refused with another origin, relying party or id', async () => {
    const { credential } = registration.variants[0];
    const other = { ...credential, credentialInfo: { ...credential.credentialInfo, credId: 'b3RoZXI' } };
    const attempts: [Partial<RelyingParty>, object, RegExp][] = [
      [{ origins: ['https://app.example.test'] }, credential, /origin http:\/\/localhost:3000 is not allowed/],
      [{ id: 'example.test', origins: ['http://localhost:3000'] }, credential, /Unexpected RP ID hash/],
      [{}, other, /credId is not the id in the attestation/],
    ];
    for (const [relyingParty, firstFactorCredential, reason] of attempts) {
      dfns = await start({ challenges: () => challenge, relyingParty });
      const token = await beginRegistration(registration.challenge);
      const answer = await dfns.call('POST', '/auth/registration', { token, body: { firstFactorCredential } });
      expect(answer).toMatchObject({ status: 401, message: expect.stringMatching(reason) });
    }
  });
});

describe('recovery', () => {
  const { existingRecoveryKey, serverChallenge, newCredentialsJson, body } = vectors.recovery;

  async function recover(text: string) {
    const { credId, publicKeyPem } = existingRecoveryKey;
    const recoveryCredential = { credId, publicKey: publicKeyPem };
    dfns.sandbox.createUser({ username: 'ada', recoveryCredential });
    challenge = serverChallenge;
    const backend = signingClient(dfns, dfns.sandbox.createServiceAccount());
    const opened = await backend.auth.createDelegatedRecoveryChallenge({
      body: { username: 'ada', credentialId: credId },
    });
    const token = opened.temporaryAuthenticationToken;
    return dfns.call('POST', '/auth/recover/user', { token, body: text });
  }
  const ids = () => dfns.sandbox.user('ada')?.credentials.map(({ credId }) => credId);

  it.each([
    ['without changes', `{"recovery":${JSON.stringify(body.recovery)},"newCredentials":${newCredentialsJson}}`],
    [
      'with its members in the other order',
      `{"newCredentials":${newCredentialsJson},"recovery":${JSON.stringify(body.recovery)}}`,
    ],
    ['with white space', JSON.stringify(body, null, 2)],
  ])('accepts the vector %s', async (_, text) => {
    expect(await recover(text)).toMatchObject({ status: 200, body: { user: { username: 'ada' } } });
    expect(ids()).toEqual(['dGVzdC1jcmVkLWVkMjU1MTktOTBjY2U4YzQ1MzQ3', 'dGVzdC1uZXctcmVjb3Zlcnk']);
  });

  it.each<{ name: string; body: object }>(vectors.recoveryInvalid)('refuses $name', async (vector) => {
    expect(await recover(JSON.stringify(vector.body))).toMatchObject({ status: 401 });
    expect(ids()).toContain(existingRecoveryKey.credId);
  });

  it('refuses new credentials with their members in another order', async () => {
    const { recoveryCredential, firstFactorCredential } = body.newCredentials;
    const newCredentials = { recoveryCredential, firstFactorCredential };
    expect(await recover(JSON.stringify({ ...body, newCredentials }))).toMatchObject({ status: 401 });
  });
});

describe('tokens', () => {
  it('of all kinds have the claims of the vectors', async () => {
    const backend = signingClient(dfns, dfns.sandbox.createServiceAccount());
    challenge = 'Y2g';
    dfns.sandbox.createUser({ username: 'ada' });
    await backend.auth.delegatedLogin({ body: { username: 'ada' } });
    await beginRegistration('Y2g', 'bob');
    const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    const issued = dfns.sandbox.secrets.filter((secret) => secret.startsWith('ey')).map(claimsOf);
    const kinds = issued.map((claims) => claims['https://custom/app_metadata'].tokenKind);
    expect(new Set(kinds)).toEqual(new Set(['ServiceAccount', 'Token', 'Temp', 'Challenge', 'UserAction']));
    const { token } = vectors.authTokens.cases[0];
    for (const claims of issued) {
      expect(Object.keys(claims)).toEqual(expect.arrayContaining(Object.keys(claimsOf(token))));
      expect(claims['https://custom/app_metadata'].orgId).toBe(dfns.sandbox.orgId);
    }
  });

  it.each<{ name: string; token: string }>(vectors.authTokens.cases)(
    'of another issuer are refused: $name',
    async ({ token }) => {
      const authorization = `Bearer ${token}`;
      expect(await dfns.call('GET', '/wallets', { headers: { authorization } })).toMatchObject({
        status: 401,
        message: 'Not Authorized.',
      });
    },
  );
});

describe('legacy nonces', () => {
  const { header, json } = vectors.legacyNonce;
  const send = (nonce: string) =>
    dfns.call('GET', '/wallets', { headers: { 'X-DFNS-NONCE': nonce, 'X-DFNS-APPID': 'ap-sandbox' } });
  beforeEach(async () => {
    dfns = await start({ legacy: true, now: () => Date.parse(JSON.parse(json).date) });
  });

  it('work once', async () => {
    expect(await send(header)).toMatchObject({ status: 401 });
    expect(await send(header)).toMatchObject({ status: 400, message: 'request nonce has already been used' });
  });

  it.each<{ name: string; header: string; expect: object }>(vectors.legacyNonceInvalid)(
    'are refused: $name',
    async (vector) => {
      expect(await send(vector.header)).toMatchObject(vector.expect);
    },
  );
});

describe('public keys', () => {
  it.each<{ id: string; publicKeyPem: Record<string, string> }>(vectors.keys)(
    'of $id are read in all forms',
    async ({ publicKeyPem }) => {
      for (const pem of Object.values(publicKeyPem)) {
        for (const text of [
          pem,
          pem.trimEnd(),
          pem.trimEnd().replaceAll('\n', '\r\n'),
          pem.trimEnd().replaceAll('\n', '\\n'),
        ]) {
          expect(parsePublicKey(text).equals(createPublicKey(pem))).toBe(true);
        }
      }
      expect((await dfns.call('GET', '/keys')).status).toBe(401);
    },
  );
});
