import { beforeAll, expect } from '@jest/globals';
import type { Response } from 'playwright-core';
import { describeInChromium } from './support/chromium-page.js';
import { useBank } from './support/use-bank.js';

const EMAIL = 'ada@example.test';
const PASSWORD = 'correct horse';
const GRACE = `0x${'ab'.repeat(20)}`;

describeInChromium('the page in a real browser', () => {
  const { application, chromium, bank, step } = useBank('story');
  let code: string;
  const requested = new Set<string>();
  const problems: string[] = [];
  const answers: Promise<string>[] = [];

  beforeAll(() => {
    bank.page.on('request', (request) => requested.add(new URL(request.url()).origin));
    bank.page.on('response', (response) => answers.push(everythingIn(response)));
    bank.page.on('pageerror', (error) => problems.push(error.message));
    bank.page.on('console', (message) => {
      if (/Content.Security.Policy/i.test(message.text())) problems.push(message.text());
    });
  });

  step('creates an account with the keyboard only', async () => {
    await bank.page.goto(application.origin);
    await bank.heading('Welcome').waitFor();
    await bank.shot('welcome');
    expect(await bank.focused()).toBe('Welcome');
    for (const keys of [EMAIL, PASSWORD]) {
      await bank.page.keyboard.press('Tab');
      await bank.page.keyboard.type(keys);
    }
    await bank.page.keyboard.press('Tab');
    await bank.page.keyboard.press('Tab');
    await bank.page.keyboard.press('Enter');
    await bank.heading('Keep your recovery code').waitFor();
    expect(await bank.page.locator('#email').textContent()).toBe(EMAIL);
    expect(await bank.focused()).toBe('Keep your recovery code');
  });

  step('explains Dfns, and says that nothing is real', async () => {
    const words = ((await bank.page.locator('body').textContent()) as string).replaceAll(/\s+/g, ' ');
    expect(words).toMatch(/Dfns is a service that keeps the keys of wallets/);
    expect(await bank.page.getByText('Nothing here is real').isVisible()).toBe(true);
    const hasConsole = (await fetch(`${application.sandbox.url}/_sandbox/`)).ok;
    expect(await bank.page.locator('#console').isVisible()).toBe(hasConsole);
    expect(words).not.toMatch(/ceremony/i);
  });

  step('shows the recovery code, copies it, saves it, and shows it again', async () => {
    await bank.shot('recovery-code');
    code = (await bank.page.locator('#code').textContent()) ?? '';
    expect(code).toMatch(/^([2-9A-Z]{4}-){5}[2-9A-Z]{4}$/);
    await bank.page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: application.origin });
    await bank.button('Copy').click();
    await bank.page.getByText('Copied.').waitFor();
    expect(await bank.page.evaluate('navigator.clipboard.readText()')).toBe(code);
    const download = bank.page.waitForEvent('download');
    await bank.button('Save as a file').click();
    const saved = await (await download).createReadStream();
    expect(Buffer.concat(await saved.toArray()).toString()).toContain(code);
    await bank.button('I have kept it').click();
    await bank.heading('Create your passkey').waitFor();
    await bank.shot('create-passkey');
    await bank.button('Show the recovery code again').click();
    expect(await bank.page.locator('#code').textContent()).toBe(code);
  });

  step('loses nothing at a reload before the passkey is made', async () => {
    await bank.page.reload();
    await bank.heading('Keep your recovery code').waitFor();
    expect(await bank.page.locator('#email').textContent()).toBe(EMAIL);
    const before = code;
    code = (await bank.page.locator('#code').textContent()) ?? '';
    expect(code).not.toBe(before);
    expect(await chromium.devices.passkeys()).toBe(0);
    await bank.button('I have kept it').click();
  });

  step('shows that the device refused, and allows another attempt', async () => {
    await chromium.devices.recognise(false);
    await bank.button('Create passkey').click();
    await bank.alert('Your passkey was not used').waitFor();
    expect(await bank.focused()).toBe('Create passkey');
    await bank.shot('passkey-refused');
    await chromium.devices.recognise(true);
  });

  step('registers a passkey, a recovery code and a wallet', async () => {
    await bank.button('Create passkey').click();
    await bank.heading('Your wallet').waitFor();
    await expectWallet();
    expect(await bank.passkeys.count()).toBe(1);
    expect(await bank.page.locator('#code').textContent()).toBe('');
    await bank.shot('wallet');
  });

  step('sends money, and keeps the focus', async () => {
    await bank.page.getByLabel('To this address').fill(GRACE);
    await bank.send('0.25');
    expect(await bank.focused()).toBe('Send');
    expect(await bank.transfers.allTextContents()).toEqual([expect.stringContaining('0.25')]);
    expect(application.sandbox.transfers.list()).toMatchObject([
      { requestBody: { kind: 'Native', to: GRACE, amount: '250000000000000000' } },
    ]);
    await bank.shot('sent');
  });

  step('adds a second passkey, on another device', async () => {
    const securityKey = await chromium.devices.add('usb');
    // After the new passkey exists, the person approves it with the first device.
    await bank.page.route('**/me/credentials/*', async (route) => {
      const response = await route.fetch();
      await chromium.devices.hold(securityKey, false);
      await route.fulfill({ response });
    });
    await bank.page.getByLabel('Name of another passkey').fill('security key');
    await bank.button('Add passkey').click();
    await bank.page.getByText('The passkey is added.').waitFor();
    expect(await bank.passkeys.allTextContents()).toEqual([
      expect.stringContaining('First passkey'),
      expect.stringContaining('security key'),
    ]);
    expect(await bank.focused()).toBe('Add passkey');
    await bank.shot('second-passkey');
  });

  step('logs out, and logs in again', async () => {
    await bank.button('Log out').click();
    await bank.page.getByText('You are logged out.').waitFor();
    expect(await bank.page.getByLabel('To this address').inputValue()).not.toBe(GRACE);
    expect(await bank.transfers.count()).toBe(0);
    expect(await bank.page.locator('body').textContent()).not.toContain(EMAIL);
    await bank.shot('logged-out');
    await bank.page.getByLabel('E-mail address').fill(EMAIL);
    await bank.page.getByLabel('Password').fill('wrong horse');
    await bank.button('Log in').click();
    await bank.alert('is wrong').waitFor();
    await bank.page.getByLabel('Password').fill(PASSWORD);
    await bank.page.getByLabel('Password').press('Enter');
    await bank.heading('Your wallet').waitFor();
    await expectWallet();
  });

  step('recovers with the recovery code after the loss of all devices, and refuses another code', async () => {
    await chromium.devices.loseAll();
    await chromium.devices.add();
    await bank.page.getByText('I lost my device').click();
    await bank.page.getByRole('textbox', { name: 'Recovery code' }).fill('AAAA-AAAA-AAAA-AAAA-AAAA-AAAA');
    await bank.button('Use the recovery code').click();
    await bank.alert('not the recovery code').waitFor();
    await bank.shot('wrong-code');
    await bank.page.getByRole('textbox', { name: 'Recovery code' }).fill(code.toLowerCase().replaceAll('-', ' '));
    await bank.button('Use the recovery code').click();
    await bank.heading('Keep your new recovery code').waitFor();
    expect(await bank.page.locator('#code').textContent()).not.toBe(code);
    await bank.shot('new-recovery-code');
    await bank.button('I have kept it').click();
    await bank.button('Create passkey').click();
    await bank.heading('Your wallet').waitFor();
    await expectWallet();
    expect(await bank.passkeys.count()).toBe(1);
  });

  step('sends money with the new passkey', async () => {
    await bank.send('1');
    expect(await bank.transfers.count()).toBe(2);
  });

  step('sent requests only to this application, and got no secret of Dfns', async () => {
    expect([...requested].filter((each) => each !== 'null')).toEqual([application.origin]);
    expect(problems).toEqual([]);
    const everything = (await Promise.all(answers)).join('\n');
    expect(answers.length).toBeGreaterThan(30);
    expect(application.sandbox.secrets.length).toBeGreaterThan(20);
    expect(application.sandbox.secrets.filter((secret) => everything.includes(secret))).toEqual([]);
    expect(everything).not.toMatch(/temporaryAuthenticationToken|challengeIdentifier|userAction|Bearer/);
  });

  step('got answers that forbid caching, and a page that runs only its own scripts', async () => {
    const response = await bank.page.request.get(application.origin);
    expect(response.headers()).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': expect.stringMatching(/default-src 'none'; script-src 'self'; style-src 'self';/),
      'x-content-type-options': 'nosniff',
    });
    expect(await response.text()).not.toMatch(/<script(?![^>]* src=)|\son\w+=|style="/);
  });

  async function expectWallet(): Promise<void> {
    const wallet = bank.page.locator('#wallets li');
    expect(await wallet.count()).toBe(1);
    expect(await wallet.textContent()).toMatch(/My wallet.*EthereumSepolia.*0x/);
  }
});

/** Returns the headers and the body of an answer. Some answers have no body. */
async function everythingIn(response: Response): Promise<string> {
  const [headers, body] = await Promise.all([response.allHeaders(), response.text().catch(() => '')]);
  return `${response.url()}\n${JSON.stringify(headers)}\n${body}`;
}
