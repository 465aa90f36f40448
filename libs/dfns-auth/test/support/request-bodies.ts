import {
  AccessTokenChangesDto,
  CompleteEndUserRegistrationDto,
  CompleteRegistrationDto,
  CreateCredentialDto,
  DelegatedRecoveryDto,
  DelegatedRegistrationDto,
  InvitedUserDto,
  NewCredentialDto,
  NewPermissionDto,
  NewPersonalAccessTokenDto,
  NewServiceAccountDto,
  PermissionChangesDto,
  RecoverUserDto,
  RegistrationCredentialsDto,
  UserActionAssertionDto,
  UserChangesDto,
} from 'nestjs-dfns-auth';
import { vectors } from './published-vectors.js';

const { fido2, keyRegistration, recovery } = vectors;
export const passkey = fido2.registration.variants[0]!.credential;
export const key = keyRegistration[0]!.credential;
export const recoveryCredential = { ...key, credentialKind: 'RecoveryKey', encryptedPrivateKey: '{"any": "text"}' };
const wrapped = { ...key, credentialKind: 'PasswordProtectedKey', encryptedPrivateKey: 'opaque' };

const newToken = { name: 'ci', publicKey: '-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----\n' };

/** Correct requests, by the class that describes them. */
const VALID: [string, new () => object, object[]][] = [
  ['DelegatedRegistrationDto', DelegatedRegistrationDto, [{ email: 'ada', kind: 'EndUser', externalId: 'x' }]],
  ['DelegatedRecoveryDto', DelegatedRecoveryDto, [{ username: 'ada', credentialId: 'any id' }]],
  [
    'CompleteRegistrationDto',
    CompleteRegistrationDto,
    [
      { firstFactorCredential: passkey, recoveryCredential },
      { recoveryCredential, secondFactorCredential: wrapped, firstFactorCredential: key },
      ...keyRegistration.map(({ credential }) => ({ firstFactorCredential: credential })),
      ...fido2.registration.variants.map(({ credential }) => ({ firstFactorCredential: credential })),
    ],
  ],
  ['RegistrationCredentialsDto', RegistrationCredentialsDto, [{ firstFactorCredential: wrapped }]],
  [
    'CompleteEndUserRegistrationDto',
    CompleteEndUserRegistrationDto,
    [
      { firstFactorCredential: passkey, wallets: [{ network: 'EthereumSepolia', name: 'one' }, { network: 'Solana' }] },
      { wallets: [], firstFactorCredential: key },
    ],
  ],
  ['RecoverUserDto', RecoverUserDto, [recovery.body]],
  [
    'UserActionAssertionDto',
    UserActionAssertionDto,
    [
      ...fido2.assertion.variants.map(({ firstFactor }) => ({ firstFactor })),
      {
        firstFactor: {
          kind: 'Key',
          credentialAssertion: { credId: 'Y3JlZA', clientData: 'e30=', signature: 'c2ln', algorithm: 'SHA256' },
        },
        secondFactor: {
          kind: 'PasswordProtectedKey',
          credentialAssertion: { credId: 'Y3JlZA==', clientData: 'e30', signature: 'c2ln' },
        },
      },
    ],
  ],
  [
    'NewServiceAccountDto',
    NewServiceAccountDto,
    [{ ...newToken, permissionId: 'pm-1a2b3-4c5d6-7e8f', externalId: 'x' }],
  ],
  ['NewPersonalAccessTokenDto', NewPersonalAccessTokenDto, [{ ...newToken, daysValid: 730, secondsValid: 1 }]],
  ['AccessTokenChangesDto', AccessTokenChangesDto, [{ name: 'ci', externalId: 'x' }, {}]],
  ['NewPermissionDto', NewPermissionDto, [{ name: 'readers', operations: ['Wallets:Read', 'Auth:Users:Read'] }]],
  ['PermissionChangesDto', PermissionChangesDto, [{ operations: ['Keys:Vrf:Derive'] }, { name: 'x' }]],
  ['InvitedUserDto', InvitedUserDto, [{ email: 'ada@example.test', externalId: 'x', isSSORequired: false }]],
  ['UserChangesDto', UserChangesDto, [{ isSSORequired: true }]],
  ['NewCredentialDto', NewCredentialDto, [{ ...passkey }, { ...recoveryCredential }, { ...wrapped }]],
  ['CreateCredentialDto', CreateCredentialDto, [{ ...key, challengeIdentifier: 'e30.e30.e30' }]],
];

/** Where a member is in a body. */
export type Path = (string | number)[];

/** Returns the path of every member of a body, of objects and of values. */
export function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.entries(value).flatMap(([name, member]) =>
    pathsOf(member, [...path, Array.isArray(value) ? Number(name) : name]),
  );
  return path.length === 0 ? inner : [path, ...inner];
}

/** Copies `body` and sets the member at `path` to `value`. For `undefined` it removes the member. */
export function withMember(body: object, path: Path, value: unknown): object {
  const copy = structuredClone(body);
  const parent = path.slice(0, -1).reduce((at: never, name) => at[name], copy as never) as Record<string, unknown>;
  const name = path.at(-1) as string;
  if (value === undefined) delete parent[name];
  else Object.defineProperty(parent, name, { value, enumerable: true, configurable: true, writable: true });
  return copy;
}

/** All correct bodies, each with its class. */
export const bodies = VALID.flatMap(([name, Dto, valid]) => valid.map((body) => ({ name, Dto, body })));

/** All members of all correct bodies. */
export const places = bodies.flatMap(({ name, Dto, body }) => pathsOf(body).map((path) => ({ name, Dto, body, path })));
