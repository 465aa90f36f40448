/** What went wrong below HTTP, and what to do. */
export interface ConnectionFailure {
  message: string;
  fix: string;
}

const PROXY_VARIABLES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'];

const CHECK_URL = 'check the host in DFNS_API_URL';
const FIREWALL = `${CHECK_URL}, and that the firewall lets this machine out to it`;
const PRIVATE_CA =
  'if it is of a private authority, set NODE_EXTRA_CA_CERTS=<its certificate> for the application and for this command';

/** By the error code of Node. `HOST` stands for the host of the URL. */
const FAILURES: [pattern: RegExp, message: string, fix: string][] = [
  [/^(ENOTFOUND|EAI_)/, 'the name HOST is not known', `${CHECK_URL}, and the name server of this machine`],
  [/^ECONNREFUSED$/, 'nothing listens at HOST', `${CHECK_URL} and its port; a local sandbox must be running`],
  [/^(ABORT_ERR|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/, 'HOST does not answer', FIREWALL],
  [
    /^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/,
    'the certificate of HOST is not valid today',
    'check the clock of this machine; if it is right, the server needs a new certificate',
  ],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    'the certificate of HOST is for another name',
    `${CHECK_URL}; if it is right, something else answers in place of Dfns`,
  ],
  [/^(UNABLE_TO_|SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED|CERT_)/, 'the certificate of HOST is not trusted', PRIVATE_CA],
  [
    /^ERR_SSL_.*(CERTIFICATE|UNKNOWN_CA)/,
    'HOST wants a client certificate',
    'give http.agent with the certificate in the application; this command cannot use it',
  ],
  [/^(EPROTO|ERR_SSL_)/, 'HOST does not speak TLS', 'check the scheme and the port in DFNS_API_URL'],
  [/^HPE_/, 'HOST does not speak HTTP', 'check the scheme and the port in DFNS_API_URL'],
  [/^(ECONNRESET|EPIPE)$/, 'the connection to HOST broke', `${FIREWALL}; a proxy between may also end it`],
];

/**
 * Explains an error of Node.
 *
 * @param timeoutMs after which the request was given up
 */
export function connectionFailure(error: unknown, host: string, timeoutMs: number): ConnectionFailure {
  const code = String((error as NodeJS.ErrnoException | undefined)?.code ?? 'unknown error');
  const [, message, fix] = FAILURES.find(([pattern]) => pattern.test(code)) ?? [
    /./,
    'HOST cannot be reached',
    FIREWALL,
  ];
  const detail = code === 'ABORT_ERR' ? `in ${timeoutMs} ms` : `(${code})`;
  return { message: `${message.replace('HOST', host)} ${detail}`, fix: `${fix}${proxyAdvice()}` };
}

function proxyAdvice(): string {
  const variable = PROXY_VARIABLES.find((name) => process.env[name]);
  return variable
    ? `. ${variable} is set: neither the library nor this command uses it; give http.agent in the application`
    : '';
}
