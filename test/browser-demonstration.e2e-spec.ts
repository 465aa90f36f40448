import { beforeAll, expect } from '@jest/globals';
import { DEMO_EMAIL } from '../src/dfns/demo-account.js';
import { describeInChromium } from './support/chromium-page.js';
import { useBank } from './support/use-bank.js';

describeInChromium('the demonstration', () => {
  const { application, bank, step } = useBank('demonstration');

  beforeAll(async () => {
    await bank.page.goto(application.origin);
  });

  const newest = () => bank.page.locator('#requests > li').first();
  const words = async (selector: string) =>
    ((await bank.page.locator(selector).textContent()) ?? '').replaceAll(/\s+/g, ' ');

  step('lets the demo account sign, and says whose key it is', async () => {
    await bank.button('Fill in the demo account').click();
    await bank.button('Log in').click();
    await bank.heading('Your wallet').waitFor();
    expect(await words('#email')).toBe(DEMO_EMAIL);
    expect(await words('#software-key')).toContain('signs for the demo account, with a key of its own');
    await bank.send('0.1');
    await bank.page.getByText('the key of the demo account, on the server').waitFor();
    await bank.shot('demo-account');
  });

  step('verifies the signature of that key in the browser', async () => {
    await verify();
  });

  step('lets the demo account add a passkey, and sign with it', async () => {
    await bank.page.getByLabel('Name of another passkey').fill('my laptop');
    await bank.button('Add passkey').click();
    await bank.page.getByText('The passkey is added.').waitFor();
    expect(await bank.page.locator('#software-key').isVisible()).toBe(false);
    await bank.send('0.2');
    await bank.page.getByText('your passkey my laptop').waitFor();
    await bank.shot('demo-passkey');
  });

  step('verifies the signature of a passkey in the browser', async () => {
    await verify();
  });

  step('shows who signed what, where the token came from, and how long it took', async () => {
    await newest().filter({ hasText: 'GET /wallets' }).waitFor();
    const approval = bank.page.locator('#requests > li').filter({ hasText: 'POST /actions/{id}' }).first();
    expect(await approval.textContent()).toMatch(
      /POST \/auth\/action ok \d+ ms\s*Hands in the challenge, signed with your key/,
    );
    expect(await approval.textContent()).toMatch(/POST \/wallets\/{id}\/transfers ok/);
    const all = await words('#requests');
    expect(all).toContain('Your Dfns token was in memory.');
    expect(all).toMatch(
      /no Dfns token of yours in memory.*signed with the key of the bank.*POST \/auth\/login\/delegated/,
    );
    expect(all).not.toMatch(/:ceremonyId|demonstration/);
    expect(await words('#signed-request')).toMatch(
      /^POST \/wallets\/wa-[^ ]+\/transfers { "kind": "Native", "to": "0x/,
    );
    expect(await words('#signed-data')).toMatch(/"type": "webauthn.get", "challenge": "/);
  });

  step('shows who holds what, and forgets it at the logout', async () => {
    expect(await words('#server-holds')).toContain('a Dfns token of yours');
    expect(await words('#browser-holds')).toContain('your passkey, inside your device');
    expect(await words('#dfns-holds')).toContain('the key of your wallet');
    await bank.button('Log out').click();
    await bank.page.getByText('You are logged out.').waitFor();
    await bank.page.waitForFunction("document.getElementById('browser-holds').textContent === 'nothing'");
    expect(await words('#server-holds')).not.toContain('token of yours');
    expect(await bank.page.locator('#last-signature').isVisible()).toBe(false);
  });

  step('covers nothing, and needs no scrolling to the side', async () => {
    for (const width of [320, 390, 768, 1280]) {
      await bank.page.setViewportSize({ width, height: 800 });
      expect(await bank.page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    }
    const fixed = `[...document.querySelectorAll('body *')].filter((element) => /fixed|sticky/.test(getComputedStyle(element).position)).length`;
    expect(await bank.page.evaluate(fixed)).toBe(0);
  });

  async function verify(): Promise<void> {
    await bank.button('Verify this signature').click();
    await bank.page.getByText('Right: your browser checked it').waitFor();
    await bank.button('Verify with one byte changed').click();
    await bank.page.getByText('Wrong: this signature does not fit').waitFor();
  }
});
