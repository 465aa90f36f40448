/**
 * A strict minimal Dfns. It verifies every signature, and takes a challenge or user action once. With a certificate it
 * speaks TLS. With a quota it refuses what is too much in a window, and tells the quota as Dfns does (dfns-api 6.1).
 */
import { createPublicKey, randomUUID, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer as createPlainServer } from 'node:http';
import { createServer } from 'node:https';
import { serve, settings } from '../child.mjs';
import { makeToken } from '../fixtures.mjs';

const { keyPath, certPath, publicKey, credId, authToken, limit, windowMs, delayMs: firstDelayMs = 0 } = settings();
const key = createPublicKey(publicKey);
const digest = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
const challenges = new Map();
const userActions = new Map();
const WALLETS = {
  items: Array.from({ length: 3 }, (_, i) => ({ id: `wa-bench-${i}`, network: 'Solana', status: 'Active' })),
};
let delayMs = firstDelayMs;
let counts = noCounts();
let connections = 0;
/** When the window of the quota ends, in milliseconds since 1970, how many requests it had, and the logins by process. */
let window = { endsAt: 0, used: 0, logins: {} };
/** The logins of each window that has begun, by process. */
const windows = [];

function noCounts() {
  return { requests: 0, refused: 0, logins: 0 };
}

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
    if (JSON.parse(clientData).challenge !== challenge || !verify(digest, clientData, key, signature))
      throw 'signature';
    const userAction = `${randomUUID()}.${'x'.repeat(400)}`;
    userActions.set(userAction, signed);
    return { userAction };
  },
  'POST /auth/login/delegated': ({ username }, { text, headers }) => {
    const signed = taken(userActions, headers['x-dfns-useraction']);
    if (signed !== `/auth/login/delegated ${text}`) throw 'user action';
    counts.logins += 1;
    // The users of a process have its name and a number.
    const client = username.replace(/-\d+$/, '');
    window.logins[client] = (window.logins[client] ?? 0) + 1;
    return { token: makeToken(username, 3_600) };
  },
  'GET /wallets': () => WALLETS,
};

function taken(map, id) {
  const value = map.get(id);
  if (!map.delete(id)) throw 'spent or unknown';
  return value;
}

/** The service account has one token. A user token is one that this server could have made. */
function isAllowed({ method, headers }) {
  const token = headers.authorization?.slice('Bearer '.length) ?? '';
  if (method === 'POST') return token === authToken;
  return 'https://custom/username' in JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url'));
}

/** Counts the request in its window. Returns the headers that tell the quota, and whether the request is too much. */
function meter() {
  if (!limit) return { headers: {}, isTooMuch: false };
  const now = Date.now();
  if (now >= window.endsAt) {
    window = { endsAt: now + windowMs, used: 0, logins: {} };
    windows.push(window.logins);
  }
  window.used += 1;
  const headers = {
    'X-RateLimit-Limit': limit,
    'X-RateLimit-Remaining': Math.max(0, limit - window.used),
    'X-RateLimit-Reset': Math.ceil(window.endsAt / 1_000),
  };
  const isTooMuch = window.used > limit;
  if (isTooMuch) headers['Retry-After'] = Math.ceil((window.endsAt - now) / 1_000);
  return { headers, isTooMuch };
}

function answerTo(request, text) {
  counts.requests += 1;
  const { headers, isTooMuch } = meter();
  if (isTooMuch) {
    counts.refused += 1;
    return { status: 429, headers, body: { error: { message: 'Too Many Requests' } } };
  }
  try {
    if (!isAllowed(request)) throw 'token';
    const body = ROUTES[`${request.method} ${request.url}`](text && JSON.parse(text), {
      text,
      headers: request.headers,
    });
    return { status: 200, headers, body };
  } catch (problem) {
    return { status: 401, headers, body: { error: { message: String(problem) } } };
  }
}

function onRequest(request, response) {
  let text = '';
  request.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  request.on('end', () => {
    const { status, headers, body } = answerTo(request, text);
    const bytes = Buffer.from(JSON.stringify(body));
    const send = () =>
      response
        .writeHead(status, { ...headers, 'content-type': 'application/json', 'content-length': bytes.length })
        .end(bytes);
    // Who is refused hears it at once.
    if (delayMs && status !== 429) setTimeout(send, delayMs);
    else send();
  });
}

const tls = keyPath && { key: readFileSync(keyPath), cert: readFileSync(certPath) };
const options = { keepAliveTimeout: 75_000 };
const server = tls ? createServer({ ...options, ...tls }, onRequest) : createPlainServer(options, onRequest);
server.on(tls ? 'secureConnection' : 'connection', () => {
  connections += 1;
});

serve({
  listen: () =>
    new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () =>
        resolve({ url: `${tls ? 'https' : 'http'}://127.0.0.1:${server.address().port}` }),
      );
    }),
  delay: (message) => {
    delayMs = message.delayMs;
  },
  reset: () => {
    counts = noCounts();
    connections = 0;
  },
  count: () => {
    const msToReset = limit ? Math.max(0, window.endsAt - Date.now()) : 0;
    return { ...counts, connections, msToReset, endedWindows: windows.slice(0, msToReset > 0 ? -1 : undefined) };
  },
});
