import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { SourceTree } from '../../../test/support/source-tree.js';

/**
 * The folders from the top down. A file imports from its own folder and from folders further down, never upwards.
 * A new feature gets a folder of its own: above every folder that it uses, and below every folder that uses it.
 */
const LAYERS = [
  'command-line', // the command dfns-sandbox
  '.', // the public class, the Nest module and the exports

  // Features: one folder each, with its controllers and with what it stores.
  'control', // everything that a person or a test controls, over HTTP, and the console
  'faults', // failures that a test plans
  'webhooks', // webhooks and their deliveries
  'recovery', // new credentials for a user who lost the old ones
  'registration', // new users: open, restart and complete a registration
  'login', // delegated login, and logout
  'service-accounts', // machine users and their tokens
  'personal-access-tokens', // tokens that users make for themselves
  'permissions', // permissions and who has them
  'users', // read, deactivate and archive users; make users for tests
  'own-credentials', // the credentials that a user manages
  'user-actions', // signatures of users over single requests
  'transfers', // transfers and transactions of wallets, and what they change
  'wallets', // wallets, their keys, and signatures by these keys
  'policies', // policies, and calls that wait for an approval

  // Parts that features share.
  'enrolment', // new credentials, and the sessions of registration and recovery
  'access', // who calls, and what the caller may do
  'tokens', // the tokens that the sandbox issues
  'identities', // users and service accounts
  'credentials', // public keys of users, and checks of their signatures
  'bodies', // JSON bodies: their rules and their text

  // Parts that know nothing about users.
  'events', // what happened in the organisation, for whoever listens
  'server', // requests, connections, pages of a list
  'errors', // error answers
  'journal', // what the sandbox checked in each request
  'state', // what survives a restart and what a reset takes back
  'configuration', // options, clock, identifiers
];

const tree = new SourceTree(join('libs', 'dfns-sandbox', 'src'), LAYERS);

describe('imports of the sandbox', () => {
  it('are found, and lead to files that exist', () => {
    expect(tree.imports.length).toBeGreaterThan(100);
    expect(tree.internal.filter(({ target }) => !tree.files.includes(target))).toEqual([]);
  });

  it('go downward only, and have no circle', () => {
    expect(tree.upward).toEqual([]);
    expect(tree.circles).toEqual([]);
  });

  it('can be resolved in ESM and in Nest 12', () => {
    expect(tree.unresolvable).toEqual([]);
  });

  it('need no platform of Nest, so that an application with any platform can use the sandbox', () => {
    expect(tree.packages.filter((name) => /^@nestjs\/(?!common$|core$)/.test(name))).toEqual([]);
  });

  it('of packages are declared in package.json', () => {
    const manifest = JSON.parse(readFileSync(join('libs', 'dfns-sandbox', 'package.json'), 'utf8'));
    const declared = { ...manifest.dependencies, ...manifest.peerDependencies };
    expect(tree.packages.filter((name) => !(name in declared))).toEqual([]);
  });
});

describe('files of the sandbox', () => {
  it('are in known folders, and every folder has files', () => {
    expect(tree.strangers).toEqual([]);
  });

  it('have at most 250 lines', () => {
    expect(tree.files.filter((file) => tree.linesOf(file) > 250)).toEqual([]);
  });

  it('have names that tell them apart', () => {
    expect(tree.oddNames).toEqual([]);
    expect(tree.alikeNames).toEqual([]);
  });
});
