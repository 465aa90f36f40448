/**
 * A strict minimal Dfns: three TLS endpoints. It verifies every signature, and takes a challenge or user action once.
 */
import { createPublicKey, randomUUID, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { serve, settings } from './child.mjs';
import { makeToken } from './fixtures.mjs';

const { keyPath, certPath, publicKey, credId, authToken } = settings();
const key = createPublicKey(publicKey);
const challenges = new Map();
const userActions = new Map();
let delayMs = 0;
let requests = 0;
let connections = 0;

const ROUTES = {
  'POST /auth/action/init': ({ userActionPayload, userActionHttpPath }) => {
    const challenge = randomUUID();
    const challengeIdentifier = `${randomUUID()}.${'x'.repeat(400)}`;
    challenges.set(challengeIdentifier, { challenge, signed: `${userActionHttpPath} ${userActionPayload}` });
    return {
      challenge,
      challengeIdentifier,
      supportedCredentialKinds: [{ kind: 'Key', factor: 'either', requiresSecondFactor: false }],
      userVerification: 'required',
      attestation: 'direct',
      allowCredentials: { key: [{ type: 'public-key', id: credId }], webauthn: [] },
      externalAuthenticationUrl: '',
    };
  },
  'POST /auth/action': ({ challengeIdentifier, firstFactor: { credentialAssertion } }) => {
    const { challenge, signed } = taken(challenges, challengeIdentifier);
    const clientData = Buffer.from(credentialAssertion.clientData, 'base64url');
    const signature = Buffer.from(credentialAssertion.signature, 'base64url');
    if (JSON.parse(clientData).challenge !== challenge || !verify(null, clientData, key, signature)) throw 'signature';
    const userAction = `${randomUUID()}.${'x'.repeat(400)}`;
    userActions.set(userAction, signed);
    return { userAction };
  },
  'POST /auth/login/delegated': ({ username }, { text, headers }) => {
    const signed = taken(userActions, headers['x-dfns-useraction']);
    if (signed !== `/auth/login/delegated ${text}`) throw 'user action';
    return { token: makeToken(username, 3_600) };
  },
};

function taken(map, id) {
  const value = map.get(id);
  if (!map.delete(id)) throw 'spent or unknown';
  return value;
}

const tls = { key: readFileSync(keyPath), cert: readFileSync(certPath), keepAliveTimeout: 75_000 };
const server = createServer(tls, (request, response) => {
  requests += 1;
  let text = '';
  request.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  request.on('end', () => (delayMs ? setTimeout(answer, delayMs) : answer()));
  const answer = () => {
    let status = 200;
    let body;
    try {
      if (request.headers.authorization !== `Bearer ${authToken}`) throw 'token';
      body = ROUTES[`${request.method} ${request.url}`](JSON.parse(text), { text, headers: request.headers });
    } catch (problem) {
      status = 401;
      body = { error: { message: String(problem) } };
    }
    const bytes = Buffer.from(JSON.stringify(body));
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length }).end(bytes);
  };
});
server.on('secureConnection', () => {
  connections += 1;
});

serve({
  listen: () =>
    new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve({ url: `https://127.0.0.1:${server.address().port}` }));
    }),
  delay: (message) => {
    delayMs = message.delayMs;
  },
  reset: () => {
    requests = 0;
    connections = 0;
  },
  count: () => ({ requests, connections }),
});
