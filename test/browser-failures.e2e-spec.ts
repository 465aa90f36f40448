import { beforeAll, expect } from '@jest/globals';
import { Bank } from './support/bank.js';
import { describeInChromium } from './support/chromium-page.js';
import { useBank } from './support/use-bank.js';

const ADA = 'ada@example.test';
const BEN = 'ben@example.test';
const PASSWORD = 'correct horse';
const TYPED = '0.5';

describeInChromium('a person for whom something fails', () => {
  const { application, bank, step } = useBank('failure');

  beforeAll(async () => {
    await bank.page.goto(application.origin);
  });

  const typed = () => bank.page.getByLabel('Amount').inputValue();

  async function enrol(): Promise<void> {
    await bank.logIn(ADA, PASSWORD, 'Create account');
    await bank.button('I have kept it').click();
    await bank.button('Create passkey').click();
    await bank.heading('Your wallet').waitFor();
  }

  /** Tries to send money, and returns what the page says. */
  async function failToSend(words: string | RegExp): Promise<string> {
    await bank.button('Send').click();
    await bank.alert(words).waitFor();
    return (await bank.alert(words).textContent()) as string;
  }

  step('reads that Dfns is down, keeps what was typed, and goes on later', async () => {
    await enrol();
    await bank.page.getByLabel('Amount').fill(TYPED);
    await bank.page.getByLabel('answers with an error (503)').check();
    expect(await failToSend('Dfns does not answer')).toMatch(/Nothing was done, .* still here\. Try again in/);
    expect(await bank.focused()).toBe('Send');
    await bank.shot('dfns-down');
    await bank.page.reload();
    await bank.heading('Your wallet cannot be shown now').waitFor();
    await bank.alert('Dfns does not answer').waitFor();
    await bank.shot('dfns-down-at-the-start');
    await bank.page.getByLabel('works', { exact: true }).check();
    await bank.button('Try again').click();
    await bank.heading('Your wallet').waitFor();
    await bank.page.getByLabel('Amount').fill(TYPED);
    await bank.send(TYPED);
  });

  step('reads that Dfns cuts every connection, and sends the money later', async () => {
    await bank.page.getByLabel('cuts every connection').check();
    await bank.page.getByLabel('Amount').fill(TYPED);
    const made = application.sandbox.transfers.list().length;
    expect(await failToSend('Dfns does not answer')).toMatch(/Nothing was done, .* still here\. Try again in/);
    expect(await typed()).toBe(TYPED);
    await bank.shot('dfns-unreachable');
    await bank.page.getByLabel('works', { exact: true }).check();
    await bank.send(TYPED);
    expect(application.sandbox.transfers.list()).toHaveLength(made + 1);
  });

  step('sees that the page waits for a slow Dfns, and that the money is sent once', async () => {
    await bank.page.getByLabel('is slow').check();
    await bank.page.getByLabel('Amount').fill(TYPED);
    const made = application.sandbox.transfers.list().length;
    await bank.button('Send').click();
    await bank.page.locator('main button[aria-disabled="true"]', { hasText: 'Send' }).waitFor();
    await bank.shot('dfns-slow');
    // A second click while the page waits does nothing.
    await bank.button('Send').click({ force: true });
    await bank.page.getByText('Sent. Dfns has your transfer').waitFor({ timeout: 50_000 });
    expect(application.sandbox.transfers.list()).toHaveLength(made + 1);
    await bank.page.getByLabel('works', { exact: true }).check();
    await bank.button('Look again').click();
    await bank.transfers.nth(made).waitFor();
  });

  step('reads that nobody knows what happened, if the answer of Dfns is lost', async () => {
    await bank.page.getByLabel('does what was signed, and its answer is lost').check();
    await bank.page.getByLabel('Amount').fill(TYPED);
    const made = application.sandbox.transfers.list().length;
    expect(await failToSend('Nobody knows yet whether the money was sent')).toContain('never made twice');
    await bank.shot('answer-lost');
    await bank.page.getByLabel('works', { exact: true }).check();
    expect(await typed()).toBe(TYPED);
    await bank.send(TYPED);
    expect(application.sandbox.transfers.list()).toHaveLength(made + 1);
    await bank.send(TYPED);
    expect(application.sandbox.transfers.list()).toHaveLength(made + 2);
  });

  step('reads that the money was sent, also if the page cannot read the wallet afterwards', async () => {
    await bank.page.route('**/me', (route) => route.abort(), { times: 1 });
    await bank.send(TYPED);
    await bank.button('Look again').click();
    await bank.transfers.nth(5).waitFor();
  });

  step('reads that Dfns gets too many requests', async () => {
    await bank.page.getByLabel('Amount').fill(TYPED);
    await bank.page.getByLabel('gets too many requests').check();
    expect(await failToSend('Dfns gets too many requests')).toMatch(
      /Nothing was done.*Try again in \d seconds\.|a second\./,
    );
    await bank.shot('too-many-requests');
    await bank.page.getByLabel('works', { exact: true }).check();
    await bank.send(TYPED);
  });

  step('reads that Dfns refused a signature that was changed on its way', async () => {
    await bank.page.getByLabel('Amount').fill(TYPED);
    await bank.page.getByLabel('Change one byte of my next signature').check();
    await failToSend('Dfns refused the signature, so nothing was done. Sign again.');
    await bank.shot('signature-refused');
    await bank.send(TYPED);
  });

  step('reads that the request does not count any more, if too much time has passed', async () => {
    // An id that was forgotten gets the same answer as an id whose time has passed.
    await bank.page.route(
      '**/actions/*',
      (route) => route.continue({ url: `${application.origin}/actions/forgotten` }),
      { times: 1 },
    );
    await bank.page.getByLabel('Amount').fill(TYPED);
    expect(await failToSend('This took too long')).toContain('Press the button again');
    await bank.shot('expired');
    await bank.send(TYPED);
  });

  step('reads that another person is logged in in another tab, and nothing is done for that person', async () => {
    await bank.page.getByLabel('Amount').fill(TYPED);
    const other = await bank.page.context().newPage();
    await other.goto(application.origin);
    const second = new Bank({ page: other }, 'other');
    await second.heading('Your wallet').waitFor();
    await second.button('Log out').click();
    await second.logIn(BEN, PASSWORD, 'Create account');
    await second.heading('Keep your recovery code').waitFor();
    const before = application.sandbox.requests.length;
    await bank.page.bringToFront();
    await failToSend('Another person is logged in in this browser');
    expect(application.sandbox.requests).toHaveLength(before);
    expect(await bank.page.locator('body').textContent()).not.toContain(BEN);
    await bank.shot('other-person');
    await bank.logIn(ADA, PASSWORD);
    await bank.heading('Your wallet').waitFor();
    expect(await typed()).toBe(TYPED);
    await other.bringToFront();
    await second.button('I have kept it').click();
    await second.button('Create passkey').click();
    await second.alert('Another person').waitFor();
    await other.close();
  });

  step('reads about a logout in another tab, and finds what was typed after the next login', async () => {
    const other = await bank.page.context().newPage();
    await other.goto(application.origin);
    await new Bank({ page: other }, 'other').button('Log out').click();
    await other.getByText('You are logged out.').waitFor();
    await other.close();
    await failToSend('You are logged out: you logged out in another tab');
    expect(await bank.page.getByLabel('E-mail address').inputValue()).toBe(ADA);
    await bank.shot('logged-out-elsewhere');
    await bank.logIn(ADA, PASSWORD);
    await bank.heading('Your wallet').waitFor();
    expect(await typed()).toBe(TYPED);
    await bank.send(TYPED);
  });

  step('reads nothing of somebody else after the login of another person', async () => {
    await bank.page.getByLabel('Amount').fill(TYPED);
    await bank.page.context().clearCookies();
    await failToSend('You are logged out');
    await bank.logIn('cleo@example.test', PASSWORD, 'Create account');
    await bank.heading('Keep your recovery code').waitFor();
    expect(await typed()).toBe('');
    expect(await bank.page.locator('#panel').textContent()).not.toContain('"amount"');
    await bank.button('Log out').click();
  });

  step('reads how long to wait after too many attempts', async () => {
    for (let i = 0; i < 10; i += 1) {
      await bank.logIn('guessed@example.test', `guessed-password-${i}`);
      await bank.alert('is wrong').waitFor();
    }
    await bank.logIn('guessed@example.test', 'guessed-password');
    await bank.alert('Too many attempts. Wait a minute, then try again.').waitFor();
    expect(await bank.page.getByLabel('E-mail address').inputValue()).toBe('guessed@example.test');
    await bank.shot('too-many-attempts');
  });

  step("reads that the bank's server is down, and that it was restarted", async () => {
    await bank.logIn(ADA, PASSWORD);
    await bank.heading('Your wallet').waitFor();
    await bank.page.getByLabel('Amount').fill(TYPED);
    await application.stop();
    expect(await failToSend("The bank's server does not answer")).toContain('what you typed is still here');
    await bank.shot('server-down');
    await application.start();
    await failToSend('The bank was restarted, and it keeps accounts only in memory');
    await bank.page.waitForFunction("document.getElementById('browser-holds').textContent === 'nothing'");
    await bank.shot('server-restarted');
    await enrol();
    expect(await typed()).toBe(TYPED);
  });
});
