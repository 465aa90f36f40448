import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { type Browser, type CDPSession, chromium, type Page, type Response } from 'playwright-core';
import { CHROMIUM_FLAGS, findChromium } from './support/chromium.js';
import { story } from './support/story.js';
import { useApplication } from './support/use-application.js';

const EMAIL = 'ada@example.test';
const PASSWORD = 'correct horse';
const SCREENSHOTS = join('artifacts', 'browser');

const executablePath = findChromium();
const inCi = process.env['CI'] === 'true';
if (!executablePath && !inCi) {
  process.stderr.write('browser.e2e-spec.ts is skipped: no Chromium; install one with "apt-get install chromium"\n');
}

(executablePath || inCi ? describe : describe.skip)('the page in a real browser', () => {
  const application = useApplication();
  const step = story();
  let browser: Browser;
  let page: Page;
  let devtools: CDPSession;
  let origin: string;
  let code: string;
  const authenticators: string[] = [];
  const requested = new Set<string>();
  const problems: string[] = [];
  const answers: Promise<string>[] = [];

  beforeAll(async () => {
    if (!executablePath) throw new Error('no Chromium: install one with "apt-get install chromium"');
    origin = `http://localhost:${new URL(application.url).port}`;
    browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS });
    page = await browser.newPage({ viewport: { width: 900, height: 1000 } });
    page.setDefaultTimeout(10_000);
    page.on('request', (request) => requested.add(new URL(request.url()).origin));
    page.on('response', (response) => answers.push(everythingIn(response)));
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (/Content.Security.Policy/i.test(message.text())) problems.push(message.text());
    });
    devtools = await page.context().newCDPSession(page);
    await devtools.send('WebAuthn.enable');
    await addAuthenticator('internal');
    mkdirSync(SCREENSHOTS, { recursive: true });
  });

  afterAll(async () => {
    await browser?.close();
  });

  const shot = (name: string) => page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const heading = (name: string) => page.getByRole('heading', { name });
  const passkeys = () => page.locator('#passkeys li');

  async function addAuthenticator(transport: 'internal' | 'usb'): Promise<string> {
    const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport,
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    authenticators.push(authenticatorId);
    return authenticatorId;
  }

  async function loseDevices(): Promise<void> {
    for (const authenticatorId of authenticators.splice(0)) {
      await devtools.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId });
    }
  }

  step('creates an account with the keyboard only', async () => {
    await page.goto(origin);
    await heading('Welcome').waitFor();
    await shot('01-welcome');
    for (const keys of [EMAIL, PASSWORD]) {
      await page.keyboard.press('Tab');
      await page.keyboard.type(keys);
    }
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await heading('Create your passkey').waitFor();
    expect(await page.locator('#email').textContent()).toBe(EMAIL);
    await shot('02-account');
  });

  step('shows that the device refused, and allows another attempt', async () => {
    await devtools.send('WebAuthn.setUserVerified', {
      authenticatorId: authenticators[0] as string,
      isUserVerified: false,
    });
    await button('Create passkey and wallet').click();
    await page.getByRole('alert').filter({ hasText: 'The passkey was not used' }).waitFor();
    await shot('03-refused');
    await devtools.send('WebAuthn.setUserVerified', {
      authenticatorId: authenticators[0] as string,
      isUserVerified: true,
    });
  });

  step('registers a passkey, a recovery code and a wallet', async () => {
    await button('Create passkey and wallet').click();
    await heading('Write down your recovery code').waitFor();
    code = (await page.locator('#code').textContent()) ?? '';
    expect(code).toMatch(/^([2-9A-Z]{4}-){5}[2-9A-Z]{4}$/);
    await shot('04-recovery-code');
    await button('I have written it down').click();
    await heading('Your wallets').waitFor();
    await expectWallet();
    expect(await passkeys().count()).toBe(1);
    await shot('05-wallet');
  });

  step('signs a message', async () => {
    await page.getByLabel('Message').fill('I owe Grace one coffee ☕');
    await button('Sign with passkey').click();
    const signature = page.locator('#signature output');
    await signature.waitFor();
    expect(await signature.textContent()).toMatch(/^0x[0-9a-f]{130}$/);
    const signed = application.sandbox.requests.filter(({ path }) => /^\/keys\/.+\/signatures$/.test(path));
    expect(signed).toHaveLength(1);
    const { message } = JSON.parse(signed[0]?.body ?? '');
    expect(Buffer.from(message.slice(2), 'hex').toString()).toBe('I owe Grace one coffee ☕');
    await shot('06-signature');
  });

  step('adds a second passkey, on another device', async () => {
    const securityKey = await addAuthenticator('usb');
    // After the new passkey exists, the person approves it with the first device.
    await page.route('**/me/credentials/*', async (route) => {
      const response = await route.fetch();
      await devtools.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId: securityKey, enabled: false });
      await route.fulfill({ response });
    });
    await page.getByLabel('Name of another passkey').fill('security key');
    await button('Add passkey').click();
    await page.getByText('The passkey is added.').waitFor();
    expect(await passkeys().allTextContents()).toEqual([
      expect.stringContaining('First passkey'),
      expect.stringContaining('security key'),
    ]);
    await shot('07-second-passkey');
  });

  step('logs out, and logs in again', async () => {
    await button('Log out').click();
    await page.getByText('You are logged out.').waitFor();
    expect(await page.getByLabel('Message').inputValue()).toBe('');
    expect(await page.locator('body').textContent()).not.toContain(EMAIL);
    await shot('08-logged-out');
    await page.getByLabel('E-mail address').fill(EMAIL);
    await page.getByLabel('Password').fill('wrong horse');
    await button('Log in').click();
    await page.getByRole('alert').filter({ hasText: 'is wrong' }).waitFor();
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByLabel('Password').press('Enter');
    await heading('Your wallets').waitFor();
    await expectWallet();
    await shot('09-logged-in');
  });

  step('recovers with the recovery code after the loss of all devices, and refuses another code', async () => {
    await loseDevices();
    await addAuthenticator('internal');
    await page.getByText('I lost my device').click();
    await page.getByRole('textbox', { name: 'Recovery code' }).fill('AAAA-AAAA-AAAA-AAAA-AAAA-AAAA');
    await button('Recover').click();
    await page.getByRole('alert').filter({ hasText: 'not the recovery code' }).waitFor();
    await shot('10-wrong-code');
    await page.getByRole('textbox', { name: 'Recovery code' }).fill(code.toLowerCase().replaceAll('-', ' '));
    await button('Recover').click();
    await heading('Write down your recovery code').waitFor();
    expect(await page.locator('#code').textContent()).not.toBe(code);
    await shot('11-recovered');
    await button('I have written it down').click();
    await heading('Your wallets').waitFor();
    await expectWallet();
    expect(await passkeys().count()).toBe(1);
  });

  step('signs with the new passkey', async () => {
    await page.getByLabel('Message').fill('I am back');
    await button('Sign with passkey').click();
    await page.getByText('Signed.').waitFor();
    await shot('12-signed-again');
  });

  step('sent requests only to this application, and got no secret of Dfns', async () => {
    expect([...requested]).toEqual([origin]);
    expect(problems).toEqual([]);
    const everything = (await Promise.all(answers)).join('\n');
    expect(answers.length).toBeGreaterThan(30);
    expect(application.sandbox.secrets.length).toBeGreaterThan(20);
    expect(application.sandbox.secrets.filter((secret) => everything.includes(secret))).toEqual([]);
    expect(everything).not.toMatch(/temporaryAuthenticationToken|challengeIdentifier|userAction|Bearer/);
  });

  step('got answers that forbid caching, and a page that runs only its own scripts', async () => {
    const response = await page.request.get(origin);
    expect(response.headers()).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': expect.stringMatching(/default-src 'none'; script-src 'self'; style-src 'self';/),
      'x-content-type-options': 'nosniff',
    });
    expect(await response.text()).not.toMatch(/<script(?![^>]* src=)|\son\w+=|style="/);
  });

  async function expectWallet(): Promise<void> {
    const wallet = page.locator('#wallets li');
    expect(await wallet.count()).toBe(1);
    expect(await wallet.textContent()).toMatch(/My wallet.*EthereumSepolia.*0x/);
  }
});

/** Returns the headers and the body of an answer. Some answers have no body. */
async function everythingIn(response: Response): Promise<string> {
  const [headers, body] = await Promise.all([response.allHeaders(), response.text().catch(() => '')]);
  return `${response.url()}\n${JSON.stringify(headers)}\n${body}`;
}
