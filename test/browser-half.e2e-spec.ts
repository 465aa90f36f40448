import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { DelegatedCeremonies, type DfnsCredential, DfnsCredentials, type Wallet } from 'nestjs-dfns-auth';
import { useSandbox } from '../libs/dfns-auth/test/support/use-sandbox.js';
import { bundleBrowserHalf } from './support/browser-half.js';
import { describeInChromium, useChromiumPageForEachTest } from './support/chromium-page.js';

const ORIGIN = 'http://localhost:4999';
const PAGE = `<!doctype html><title>A front end</title><script type="module">
  import * as half from '/half.js';
  globalThis.call = (name, args) => half[name](...args).then(
    (result) => ({ result: JSON.parse(JSON.stringify(result)) }),
    (error) => ({ error: error.code ?? String(error), isTyped: error instanceof half.DfnsBrowserError && error instanceof Error, name: error.name }),
  );
  globalThis.newCode = half.newRecoveryCode;
</script>`;
const OLDER_BROWSER = `
  delete PublicKeyCredential.parseCreationOptionsFromJSON;
  delete PublicKeyCredential.parseRequestOptionsFromJSON;
  delete PublicKeyCredential.prototype.toJSON;
`;
const WALLET = { network: 'EthereumSepolia' };

interface Answer {
  result?: unknown;
  error?: string;
  isTyped?: boolean;
  name?: string;
}

describeInChromium("the browser's half", () => {
  const world = useSandbox();
  const chromium = useChromiumPageForEachTest();
  let ceremonies: DelegatedCeremonies;
  let credentials: DfnsCredentials;
  let half: string;
  let username: string;
  let users = 0;

  beforeAll(async () => {
    half = (await bundleBrowserHalf()).outputFiles[0]?.text as string;
    const instance = await world.startInstance();
    ceremonies = instance.get(DelegatedCeremonies);
    credentials = instance.get(DfnsCredentials);
  });

  beforeEach(async () => {
    username = `ada-${++users}`;
    await chromium.page.route(`${ORIGIN}/**`, (route) =>
      route.request().url().endsWith('/half.js')
        ? route.fulfill({ contentType: 'text/javascript', body: half })
        : route.fulfill({ contentType: 'text/html', body: PAGE }),
    );
    await visit();
  });

  async function visit(): Promise<void> {
    await chromium.page.goto(ORIGIN);
    await chromium.page.waitForFunction('globalThis.newCode');
  }

  /** Calls a function of the browser's half in the page. */
  const called = (name: string, ...args: unknown[]): Promise<Answer> =>
    chromium.page.evaluate(`call(${JSON.stringify(name)}, ${JSON.stringify(args)})`);

  async function made<T>(name: string, ...args: unknown[]): Promise<T> {
    const { result, error } = await called(name, ...args);
    if (error) throw new Error(`${name} failed: ${error}`);
    return result as T;
  }

  const newCode = (): Promise<string> => chromium.page.evaluate('newCode()');

  async function register(code: string): Promise<void> {
    const { ceremonyId, challenge } = await ceremonies.beginRegistration(username, { wallets: [WALLET] });
    await ceremonies.finishRegistration(username, ceremonyId, await made('createCredentials', challenge, code));
  }

  async function act<T>(action = { method: 'POST', path: '/wallets', body: WALLET } as const): Promise<T> {
    const { ceremonyId, challenge } = await ceremonies.beginAction(username, action);
    return ceremonies.finishAction<T>(username, ceremonyId, await made('signAction', challenge));
  }

  const active = async (kind: string): Promise<DfnsCredential[]> =>
    (await credentials.list(username)).filter((credential) => credential.kind === kind && credential.isActive);

  it('registers a person with a passkey and a recovery key, and signs an action', async () => {
    await register(await newCode());
    expect(await active('Fido2')).toMatchObject([{ name: 'Passkey', origin: ORIGIN }]);
    expect(await active('RecoveryKey')).toHaveLength(1);
    expect(await act<Wallet>()).toMatchObject({ network: 'EthereumSepolia', custodial: false });
  });

  async function addSecurityKey(): Promise<void> {
    const second = await chromium.devices.add('usb');
    const { ceremonyId, challenge } = await ceremonies.beginCredential(username, 'Fido2');
    const passkey = await made('createPasskey', challenge, { name: 'security key' });
    const approval = await ceremonies.beginCredentialAction(username, ceremonyId, passkey as never);
    await chromium.devices.hold(second, false);
    await ceremonies.finishAction(username, approval.ceremonyId, await made('signAction', approval.challenge));
  }

  async function recover(recoveryCode: string, options: object = {}): Promise<void> {
    const key = (await active('RecoveryKey'))[0]?.credentialId as string;
    const { ceremonyId, challenge } = await ceremonies.beginRecovery(username, key);
    const codes = { recoveryCode, newRecoveryCode: await newCode() };
    await ceremonies.finishRecovery(username, ceremonyId, await made('recover', challenge, codes, options));
  }

  it('adds a passkey, with the approval of the first one', async () => {
    await register(await newCode());
    await addSecurityKey();
    expect((await active('Fido2')).map(({ name }) => name)).toEqual(['Passkey', 'security key']);
  });

  it('does all of that in an older browser, which does not know passkeys as JSON', async () => {
    await chromium.page.addInitScript(OLDER_BROWSER);
    await visit();
    expect(await chromium.page.evaluate('PublicKeyCredential.parseCreationOptionsFromJSON')).toBeUndefined();
    const code = await newCode();
    await register(code);
    await act();
    await addSecurityKey();
    await recover(code);
    await act();
  });

  it('adds a recovery key for a new code, and recovers with it', async () => {
    const [first, second] = [await newCode(), await newCode()];
    await register(first);
    const { ceremonyId, challenge } = await ceremonies.beginCredential(username, 'RecoveryKey');
    const key = await made('createRecoveryKey', challenge, second);
    const approval = await ceremonies.beginCredentialAction(username, ceremonyId, key as never);
    await ceremonies.finishAction(username, approval.ceremonyId, await made('signAction', approval.challenge));
    const added = (await active('RecoveryKey')).at(-1)?.credentialId as string;
    const recovery = await ceremonies.beginRecovery(username, added);
    const wrong = await called('recover', recovery.challenge, { recoveryCode: first, newRecoveryCode: second });
    expect(wrong).toEqual({ error: 'RECOVERY_CODE_WRONG', isTyped: true, name: 'DfnsBrowserError' });
    const codes = { recoveryCode: second, newRecoveryCode: first };
    await ceremonies.finishRecovery(username, recovery.ceremonyId, await made('recover', recovery.challenge, codes));
    expect((await active('RecoveryKey')).map(({ credentialId }) => credentialId)).not.toContain(added);
  });

  it('recovers after the loss of all devices, with the code as a person types it', async () => {
    const code = await newCode();
    await register(code);
    await chromium.devices.loseAll();
    await chromium.devices.add();
    await recover(` ${code.toLowerCase().replaceAll('-', ' ')} `, { name: 'phone' });
    expect((await active('Fido2')).map(({ name }) => name)).toEqual(['phone']);
    await act();
  });

  it('recovers on a device that has a passkey of this person already', async () => {
    const code = await newCode();
    await register(code);
    await recover(code);
    await act();
  });

  it('makes no passkey for a wrong recovery code, and leaves the recovery open', async () => {
    const code = await newCode();
    await register(code);
    const key = (await active('RecoveryKey'))[0]?.credentialId as string;
    const { ceremonyId, challenge } = await ceremonies.beginRecovery(username, key);
    const codes = { recoveryCode: await newCode(), newRecoveryCode: await newCode() };
    expect(await called('recover', challenge, codes)).toMatchObject({ error: 'RECOVERY_CODE_WRONG' });
    expect(await called('openRecoveryKey', challenge, codes.recoveryCode)).toMatchObject({
      error: 'RECOVERY_CODE_WRONG',
    });
    expect(await chromium.devices.passkeys()).toBe(1);
    await ceremonies.finishRecovery(
      username,
      ceremonyId,
      await made('recover', challenge, { ...codes, recoveryCode: code }),
    );
  });

  it('makes codes of six groups, each another one', async () => {
    const codes = await Promise.all(Array.from({ length: 20 }, newCode));
    for (const code of codes) expect(code).toMatch(/^([2-9A-HJ-NP-Z]{4}-){5}[2-9A-HJ-NP-Z]{4}$/);
    expect(new Set(codes).size).toBe(20);
  });

  it('says that the person cancelled, and works at the next attempt', async () => {
    const { ceremonyId, challenge } = await ceremonies.beginRegistration(username);
    await chromium.devices.recognise(false);
    const cancelled = { error: 'PASSKEY_CANCELLED', isTyped: true, name: 'DfnsBrowserError' };
    expect(await called('createPasskey', challenge)).toEqual(cancelled);
    await chromium.devices.recognise(true);
    const created = await made('createCredentials', challenge, await newCode());
    await ceremonies.finishRegistration(username, ceremonyId, created as never);
    await chromium.devices.recognise(false);
    const action = await ceremonies.beginAction(username, { method: 'POST', path: '/wallets', body: WALLET });
    expect(await called('signAction', action.challenge)).toEqual(cancelled);
  });

  it('says that the relying party does not fit, and uses the one that it is given', async () => {
    const { ceremonyId, challenge } = await ceremonies.beginRegistration(username);
    const elsewhere = { ...challenge, rp: { id: 'bank.example', name: 'Bank' } };
    expect(await called('createPasskey', elsewhere)).toMatchObject({ error: 'PASSKEY_RELYING_PARTY', isTyped: true });
    const here = { rp: { id: 'localhost' } };
    const created = await made('createCredentials', elsewhere, await newCode(), here);
    await ceremonies.finishRegistration(username, ceremonyId, created as never);
    const action = await ceremonies.beginAction(username, { method: 'POST', path: '/wallets', body: WALLET });
    const misplaced = { ...action.challenge, rp: elsewhere.rp };
    expect(await called('signAction', misplaced)).toMatchObject({ error: 'PASSKEY_RELYING_PARTY' });
    await ceremonies.finishAction(username, action.ceremonyId, await made('signAction', misplaced, here));
  });

  it('uses the host of the page if nobody names a relying party', async () => {
    const { ceremonyId, challenge } = await ceremonies.beginRegistration(username);
    const created = await made('createCredentials', { ...challenge, rp: undefined }, await newCode());
    await ceremonies.finishRegistration(username, ceremonyId, created as never);
    const action = await ceremonies.beginAction(username, { method: 'POST', path: '/wallets', body: WALLET });
    const unnamed = { ...action.challenge, rp: undefined };
    await ceremonies.finishAction(username, action.ceremonyId, await made('signAction', unnamed));
  });

  it('says that the browser lacks passkeys', async () => {
    await register(await newCode());
    const { challenge } = await ceremonies.beginCredential(username, 'Fido2');
    const action = await ceremonies.beginAction(username, { method: 'POST', path: '/wallets', body: WALLET });
    await chromium.page.evaluate('delete globalThis.PublicKeyCredential');
    const unsupported = { error: 'PASSKEY_UNSUPPORTED', isTyped: true };
    expect(await called('createPasskey', challenge)).toMatchObject(unsupported);
    expect(await called('signAction', action.challenge)).toMatchObject(unsupported);
    expect(await called('createRecoveryKey', challenge, 'code')).toMatchObject(unsupported);
  });

  it('says that this device has a passkey of the account already', async () => {
    await register(await newCode());
    const { challenge } = await ceremonies.beginCredential(username, 'Fido2');
    expect(await called('createPasskey', challenge)).toMatchObject({ error: 'PASSKEY_EXISTS', isTyped: true });
  });

  it('asks nobody if the account has no passkey, and says so', async () => {
    world.sandbox.createUser({ username, recoveryCredential: {} });
    const action = await ceremonies.beginAction(username, { method: 'POST', path: '/wallets', body: WALLET });
    expect(await called('signAction', action.challenge)).toMatchObject({ error: 'PASSKEY_MISSING', isTyped: true });
    const key = (await active('RecoveryKey'))[0]?.credentialId as string;
    const { challenge } = await ceremonies.beginRecovery(username, key);
    expect(await called('openRecoveryKey', challenge, 'any')).toMatchObject({ error: 'RECOVERY_KEY_MISSING' });
  });
});
