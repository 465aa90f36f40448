import { resolve } from 'node:path';
import { type OptionValues, readArguments, UsageError } from './arguments.js';
import { KeyFileError, writeKeyFiles } from './key-files.js';
import { type KeyPair, keyTypes, keyTypeWords, makeKeyPair } from './key-pair.js';
import { REQUIRED_PERMISSIONS } from './needed-permissions.js';
import { askForPassphrase, passphraseFromFile } from './passphrase.js';

const OUT = 'dfns-service-account.pem';

const USAGE = `usage: dfns-auth keygen [options]

Makes the key pair of a service account. It writes two files that only you may read, and prints the public key and
what to do with it. It never prints the private key.

  --type TYPE             ${keyTypes.join(', ')}                    (ed25519)
  --out FILE              the file of the private key                     (${OUT})
                          the public key goes into a file beside it, whose name ends in .public.pem
  --encrypt               asks for a passphrase at the terminal, and encrypts the private key with it
  --passphrase-file FILE  encrypts the private key with the first line of FILE
  --force                 replaces files that are there
  --help                  shows this text

Exit code: 0 if the files are written, 1 if they cannot be written, 2 for wrong arguments.
`;

const OPTIONS = {
  type: { type: 'string' },
  out: { type: 'string' },
  encrypt: { type: 'boolean' },
  'passphrase-file': { type: 'string' },
  force: { type: 'boolean' },
} as const;

/** Makes a key pair in two files. @throws UsageError */
export async function keygen(args: string[]): Promise<number> {
  const given = readArguments(args, OPTIONS);
  if (given.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const type = (given.type ?? 'ed25519').toLowerCase().replace('-', '');
  if (!keyTypes.includes(type)) throw new UsageError(`--type is none of ${keyTypes.join(', ')}`);
  const passphrase = await passphraseOf(given);
  const privatePath = resolve(given.out ?? OUT);
  const publicPath = `${privatePath.replace(/\.pem$/, '')}.public.pem`;
  const pair = await makeKeyPair(type, passphrase);
  const files = [
    { path: privatePath, text: pair.privateKey },
    { path: publicPath, text: pair.publicKey },
  ];
  try {
    writeKeyFiles(files, given.force ?? false);
  } catch (error) {
    if (!(error instanceof KeyFileError)) throw error;
    process.stderr.write(`dfns-auth: ${error.message}\n`);
    return 1;
  }
  const isEncrypted = passphrase !== undefined;
  process.stdout.write(nextSteps(pair, { privatePath, publicPath, type, isEncrypted }));
  return 0;
}

async function passphraseOf(given: OptionValues<typeof OPTIONS>): Promise<string | undefined> {
  const { encrypt, 'passphrase-file': file } = given;
  if (encrypt && file !== undefined) {
    throw new UsageError('--encrypt asks for the passphrase that --passphrase-file gives: keep one of them');
  }
  if (file !== undefined) return passphraseFromFile(file);
  return encrypt ? askForPassphrase() : undefined;
}

interface Written {
  privatePath: string;
  publicPath: string;
  type: string;
  isEncrypted: boolean;
}

/** What to do with the public key, at Dfns (dfns-api 12.3) and in the application. */
function nextSteps({ publicKey }: KeyPair, { privatePath, publicPath, type, isEncrypted }: Written): string {
  const passphrase = isEncrypted ? '\n     DFNS_PRIVATE_KEY_PASSPHRASE=<your passphrase>' : '';
  const kind = `${keyTypeWords(type)}${isEncrypted ? ', encrypted' : ''}`;
  return `Private key (${kind}): ${privatePath}
It stays with your back end. Nobody else needs it, also not Dfns. Keep it out of version control.

Public key: ${publicPath}

${publicKey}
What to do now:

1. Make the service account. In the Dfns dashboard: Settings, Developers, Service Accounts, New Service Account. Give it
   the public key with its BEGIN and END lines. In the API it is "publicKey" of POST /auth/service-accounts, which only
   an employee may call.
2. Copy the token of the account, which Dfns shows once, and the credential id of its key (in the API: accessToken and
   credId in accessTokens[0]).
3. Give the account a role with these permissions, because a new account has none:
   ${REQUIRED_PERMISSIONS.map(({ names }) => names).join('\n   ')}
4. Set the variables of your application:
     DFNS_API_URL=<the URL of your region; without it https://api.dfns.io>
     DFNS_ORG_ID=<the id of your organisation>
     DFNS_AUTH_TOKEN=<the token>
     DFNS_CRED_ID=<the credential id>
     DFNS_PRIVATE_KEY_FILE=${privatePath}${passphrase}
5. Check all of it: npx dfns-auth doctor
`;
}
