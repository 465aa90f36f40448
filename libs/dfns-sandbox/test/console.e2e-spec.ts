import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { DfnsSandbox } from 'dfns-sandbox';
import type { Browser, Page } from 'playwright-core';
import { describeInChromium, launchChromium } from '../../../test/support/chromium-page.js';
import { callerOf, stoppedAfterEach } from './support/checked-sandbox.js';
import { signedCall } from './support/clients.js';
import { SoftwareKey } from './support/software-key.js';

const SCREENSHOTS = join('artifacts', 'console');
const NEVER = Number.POSITIVE_INFINITY;
const BY_HAND = { executeAfterMs: NEVER, broadcastAfterMs: NEVER, confirmAfterMs: NEVER };
const VIEWS = [
  'calls',
  'users',
  'service-accounts',
  'wallets',
  'signatures',
  'transfers',
  'transactions',
  'approvals',
  'policies',
  'webhooks',
  'webhook-deliveries',
  'mails',
  'personal-access-tokens',
  'permissions',
  'faults',
  'clock',
  'connect',
];
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describeInChromium('the console in a real browser', () => {
  const start = stoppedAfterEach(DfnsSandbox);
  const seed = { users: [{ username: 'demo@example.test' }], serviceAccounts: [{ name: 'application' }] };
  let browser: Browser;
  let page: Page;
  let sandbox: DfnsSandbox;
  let problems: string[];

  beforeAll(async () => {
    browser = await launchChromium();
    mkdirSync(SCREENSHOTS, { recursive: true });
  });

  afterAll(async () => {
    await browser?.close();
  });

  beforeEach(async () => {
    sandbox = await start({ orgId: 'or-7k2fd-9qm1x-p3vn8tz6bc4hwy5r', seed, transfers: BY_HAND });
    page = await openPage(1280);
  });

  afterEach(async () => {
    await page.context().close();
    expect(problems).toEqual([]);
  });

  async function openPage(width: number, colorScheme: 'light' | 'dark' = 'light') {
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      colorScheme,
      permissions: ['clipboard-read', 'clipboard-write'],
      bypassCSP: false,
    });
    const opened = await context.newPage();
    opened.setDefaultTimeout(10_000);
    problems = [];
    opened.on('pageerror', (error) => problems.push(error.message));
    opened.on('console', (message) => {
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        problems.push(message.text());
    });
    return opened;
  }

  const show = async (view = 'calls', to = page) => {
    await to.goto(`${sandbox.url}/_sandbox/#${view}`);
    await to.getByText('Live', { exact: true }).waitFor();
  };
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' });
  const clipboard = () => page.evaluate('navigator.clipboard.readText()');

  /** Calls of a back end: good ones, and three that are refused. */
  async function someCalls() {
    const client = { call: callerOf(sandbox.url) };
    const account = sandbox.createServiceAccount({ name: 'Payments back end' });
    sandbox.createUser({ username: 'ada@example.test', wallets: [{ network: 'EthereumSepolia', name: 'Savings' }] });
    const grace = sandbox.createUser({ username: 'grace@example.test', wallets: [{ network: 'SolanaDevnet' }] });
    sandbox.createUser({ username: 'new@example.test', registered: false });
    const login = { username: 'ada@example.test' };
    await signedCall(client, account, 'POST', '/auth/login/delegated', login);
    const token = sandbox.issueUserToken('grace@example.test');
    const person = { ...grace, authToken: token, credId: grace.credId ?? '' };
    const { body: wallet } = await signedCall(client, person, 'POST', '/wallets', { network: 'Base', name: 'Travel' });
    const message = { kind: 'Hash', hash: '5f'.repeat(32) };
    await signedCall(client, person, 'POST', `/wallets/${wallet.id}/signatures`, message);
    const wrongKey = { ...account, privateKey: new SoftwareKey().privateKeyPem };
    await signedCall(client, wrongKey, 'POST', '/auth/login/delegated', login).catch(() => undefined);
    sandbox.faults.add({ on: 'GET /wallets/{walletId}', kind: 'status', status: 503, times: 3 });
    await client.call('GET', `/wallets/${wallet.id}`, { token });
    await sendOther(client, { username: 'ada@example.test' }, { username: 'grace@example.test' });
    return { client, account, token };
  }

  /** Transfers, an approval that waits, a webhook that fails, a mail, a token and a permission. */
  async function someMore({ client, account }: Awaited<ReturnType<typeof someCalls>>) {
    const { id } = sandbox.createWallet({ network: 'Ethereum', name: 'Treasury' });
    const to = `0x${'d'.repeat(40)}`;
    const send = async (path: string, body: object) =>
      (await signedCall(client, account, 'POST', `/wallets/${id}/${path}`, body)).body;
    sandbox.webhooks.create({ url: 'http://127.0.0.1:1/hooks/dfns', events: ['*'], description: 'books' });
    const paid = await send('transfers', { kind: 'Native', to, amount: '1500000000000000000', externalId: 'pay-1' });
    sandbox.transfers.confirm(paid.id);
    const failed = await send('transfers', { kind: 'Native', to, amount: '7' });
    sandbox.transfers.fail(failed.id, 'out of gas');
    await send('transactions', { kind: 'Evm', to, value: '0x0de0b6b3a7640000' });
    sandbox.createPolicy({
      name: 'Two people',
      activityKind: 'Wallets:Sign',
      rule: { kind: 'AlwaysTrigger' },
      action: { kind: 'RequestApproval', approvalGroups: [{ name: 'Board', quorum: 2, approvers: {} }] },
    });
    await send('transfers', { kind: 'Native', to, amount: '2000000000000000000' });
    const { userId } = sandbox.createUser({ username: 'eve@example.test', kind: 'CustomerEmployee' });
    sandbox.createPersonalAccessToken({ username: 'eve@example.test', name: 'laptop' });
    const { permissionId } = sandbox.createPermission({ name: 'Readers', operations: ['Wallets:Read'] });
    sandbox.assignPermission({ permissionId, identityId: userId });
    const login = { username: 'eve@example.test', orgId: sandbox.orgId };
    await client.call('POST', '/auth/login/code', { body: login });
    await sandbox.webhooks.settled();
  }

  /** Signs one login, and sends another one. */
  async function sendOther({ call }: { call: ReturnType<typeof callerOf> }, signed: object, sent: object) {
    const key = new SoftwareKey();
    const { publicKey, credId } = key;
    const { authToken: token } = sandbox.createServiceAccount({ name: 'Careless back end', publicKey, credId });
    const path = '/auth/login/delegated';
    const payload = JSON.stringify(signed);
    const action = { userActionHttpMethod: 'POST', userActionHttpPath: path, userActionPayload: payload };
    const { body: opened } = await call('POST', '/auth/action/init', { token, body: action });
    const firstFactor = { kind: 'Key', credentialAssertion: key.assertion(opened.challenge) };
    const { challengeIdentifier } = opened;
    const { body } = await call('POST', '/auth/action', { token, body: { challengeIdentifier, firstFactor } });
    return call('POST', path, { token, body: sent, headers: { 'X-DFNS-USERACTION': body.userAction } });
  }

  it('shows a call while it happens: who signed, what was checked, and why it was refused', async () => {
    await show();
    await page.getByText('Waiting for the first call').waitFor();
    await someCalls();
    const refused = page.locator('details.call.refused', { hasText: 'Careless back end' });
    await refused.getByText('Call 403').waitFor();
    await refused.locator('> summary').click();
    await page.getByText('Call refused at “signed body”. The JSON values differ.').waitFor();
    expect(await refused.locator('.beside mark').allTextContents()).toEqual(['ada', 'grace']);
    const checks = refused.getByRole('list', { name: 'Checks of Call' });
    expect(await checks.locator('li').allTextContents()).toContain('failed: signed body The JSON values differ.');
    await refused.getByText('Signed by').waitFor();
    expect(await refused.getByRole('region', { name: 'Client data' }).textContent()).toContain('"type": "key.get"');
    await page.getByText('Call 503', { exact: true }).waitFor();
    await page.screenshot({ path: join(SCREENSHOTS, 'refused-call.png'), fullPage: true });
  });

  it('connects an application: copies the variables with their secrets', async () => {
    await show();
    await page.screenshot({ path: join(SCREENSHOTS, 'waiting.png') });
    await button('Copy The variables of a back end').click();
    await page.getByText('Copied The variables').waitFor({ state: 'attached' });
    const { authToken = '', credId, privateKey = '' } = sandbox.seeded.serviceAccounts[0] ?? {};
    const expected = {
      DFNS_API_URL: sandbox.url,
      DFNS_AUTH_TOKEN: authToken,
      DFNS_CRED_ID: credId,
      DFNS_ORG_ID: sandbox.orgId,
      DFNS_PRIVATE_KEY: privateKey.trim(),
    };
    // The texts are not compared with toEqual, because a failed test prints both.
    const copied = Object.entries(parseEnv(String(await clipboard()))).sort();
    expect(JSON.stringify(copied) === JSON.stringify(Object.entries(expected))).toBe(true);
    await button('Copy demo@example.test signs with this software key').click();
    for (const secret of sandbox.secrets) expect(await page.content()).not.toContain(secret);
  });

  it('finds calls by text, and shows refused ones only', async () => {
    await someCalls();
    await show();
    const shown = () => page.locator('.calls > li:not([hidden])').count();
    await page.locator('details.call').first().waitFor();
    expect(await shown()).toBe(7);
    await page.getByLabel('Refused only').check();
    expect(await shown()).toBe(4);
    await page.getByLabel('Filter').fill('/wallets');
    expect(await shown()).toBe(1);
  });

  it('shortens secrets, and copies one in full when asked', async () => {
    await show();
    const { account } = await someCalls();
    await page.locator('details.call').last().locator('> summary').click();
    await page.getByText('Headers').first().click();
    for (const secret of sandbox.secrets) expect(await page.content()).not.toContain(secret);
    const authorization = page.locator('.headers div', { hasText: 'authorization' }).first();
    await authorization.getByRole('button').click();
    await page.getByText('Copied the secret').waitFor({ state: 'attached' });
    expect(await clipboard()).toBe(account.authToken);
  });

  it('adds a user with the keyboard only, makes a token, and deactivates the user', async () => {
    await show('users');
    await button('Add a user').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type('eve@example.test');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByText('private key (PEM)').waitFor();
    await button('Copy privateKey').click();
    expect(await clipboard()).toContain('BEGIN PRIVATE KEY');
    await page.keyboard.press('Escape');
    await button('Make a token: eve@example.test').click();
    await button('Copy token').click();
    const call = callerOf(sandbox.url);
    const token = String(await clipboard());
    expect((await call('GET', '/wallets', { token })).status).toBe(200);
    await page.keyboard.press('Escape');
    await button('Deactivate: eve@example.test').click();
    await page.getByRole('dialog').getByText('All tokens of the user end immediately').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click();
    await page.locator('.state', { hasText: 'Deactivated' }).waitFor();
    expect((await call('GET', '/wallets', { token })).status).toBe(401);
    await button('Add a user').click();
    await page.getByLabel('Username').fill('eve@example.test');
    await page.keyboard.press('Enter');
    await page.getByText('User already exists.').waitFor();
  });

  it('decides about a transfer that waits, and confirms it', async () => {
    await someMore(await someCalls());
    await show('approvals');
    await button(/^Approve: /).click();
    await page.locator('.state', { hasText: 'Approved' }).waitFor();
    await page.evaluate(`location.hash = 'transfers'`);
    await button(/^Confirm: /).click();
    await expect(page.locator('.state', { hasText: 'Confirmed' }).nth(1).waitFor()).resolves.toBeUndefined();
    const [mail] = sandbox.outbox.list();
    await page.evaluate(`location.hash = 'mails'`);
    await page.getByRole('row').last().getByRole('button').click();
    await page.getByText('Copied the secret').waitFor({ state: 'attached' });
    expect(await clipboard()).toBe(mail?.code);
  });

  it('switches faults on and off', async () => {
    await show('faults');
    await page.getByRole('switch', { name: 'html' }).click();
    await page.getByText('html on *').waitFor();
    const call = callerOf(sandbox.url);
    expect((await fetch(`${sandbox.url}/wallets`)).status).toBe(502);
    expect(await page.getByRole('switch', { name: 'html' }).getAttribute('aria-checked')).toBe('true');
    await page.getByRole('switch', { name: 'html' }).click();
    await page.getByText('No fault is planned').waitFor();
    expect((await call('GET', '/wallets')).status).toBe(401);
    await page.getByLabel('Requests').fill('wallets');
    await page.getByRole('switch', { name: 'hang' }).click();
    await page.getByRole('alert').filter({ hasText: 'body.on must be' }).waitFor();
  });

  it('moves the clock, and resets', async () => {
    sandbox.createUser({ username: 'ada' });
    await show('clock');
    await button('+ 1 hour').click();
    await page.getByText('1 h ahead', { exact: true }).waitFor();
    expect(sandbox.clock.aheadMs).toBe(3_600_000);
    await page.getByLabel('Another amount').fill('1.5');
    await button('Advance').click();
    await page.getByText('1 h 1 min 30 s ahead', { exact: true }).waitFor();
    await button('Reset').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Reset' }).click();
    await page.getByText('Nothing was added to the clock.').waitFor();
    expect(sandbox.user('ada')).toBeUndefined();
  });

  it('connects again after the sandbox was away', async () => {
    await show();
    const port = Number(new URL(sandbox.url).port);
    await sandbox.stop();
    await page.getByText('Not connected, trying again').waitFor();
    problems.length = 0;
    sandbox = await start({ port });
    await page.getByText('Live', { exact: true }).waitFor();
    problems.length = 0;
    await fetch(`${sandbox.url}/wallets`);
    await page.getByText('Call 401').waitFor();
  });

  it('asks for the control token, and keeps it', async () => {
    sandbox = await start({ controlToken: 'open-sesame' });
    await page.goto(`${sandbox.url}/_sandbox/`);
    await page.getByLabel('The value of --control-token').fill('wrong');
    await button('Open the console').click();
    await page.getByLabel('The value of --control-token').fill('open-sesame');
    await button('Open the console').click();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.reload();
    await page.getByText('Live', { exact: true }).waitFor();
  });

  it.each([
    { scheme: 'light', width: 1280, withAxe: true },
    { scheme: 'dark', width: 390, withAxe: true },
    { scheme: 'dark', width: 1280, withAxe: false },
    { scheme: 'light', width: 390, withAxe: false },
    { scheme: 'light', width: 1600, withAxe: false },
  ] as const)(
    'looks right: $scheme, $width px',
    async ({ scheme, width, withAxe }) => {
      await page.context().close();
      page = await openPage(width, scheme);
      await someMore(await someCalls());
      sandbox.faults.add({ on: '*', kind: 'slow', times: Number.POSITIVE_INFINITY });
      sandbox.clock.advance(5_400_000);
      const inspect = async (name: string, fullPage = true) => {
        await page.screenshot({ path: join(SCREENSHOTS, `${name}-${scheme}-${width}.png`), fullPage });
        if (withAxe) expect([name, await violations()]).toEqual([name, []]);
        const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
        expect([name, await page.evaluate(overflow)]).toEqual([name, 0]);
      };
      await show('calls');
      // The page forbids foreign scripts, so axe comes in through the debugger.
      if (withAxe) await page.evaluate(axe);
      await page.locator('details.call.refused > summary').first().click();
      await page.getByText('Client data that was signed').first().waitFor();
      await inspect('calls');
      for (const view of VIEWS.slice(1)) {
        await page.evaluate(`location.hash = '${view}'`);
        await page.locator(`a[href$="#${view}"][aria-current]`).waitFor();
        for (const summary of await page.locator('tbody tr:first-child details > summary').all()) await summary.click();
        await inspect(view);
      }
      await page.evaluate(`location.hash = 'users'`);
      await button('Add a user').click();
      await inspect('dialog', false);
    },
    60_000,
  );

  /** What axe finds, as short texts. */
  async function violations(): Promise<string[]> {
    const { violations: found } = (await page.evaluate('axe.run({ resultTypes: ["violations"] })')) as {
      violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
    };
    return found.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
    );
  }
});
