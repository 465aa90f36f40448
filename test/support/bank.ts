import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';

const SCREENSHOTS = join('artifacts', 'browser');
const WIDTHS = [390, 1280];
const HEIGHT = 900;

/** The page of the reference application, as a person sees it. */
export class Bank {
  readonly #shown: { page: Page };
  readonly #name: string;
  #shots = 0;

  /**
   * @param shown has the page as soon as somebody looks at it
   * @param name the first part of the names of the screenshots
   */
  constructor(shown: { page: Page }, name: string) {
    this.#shown = shown;
    this.#name = name;
    mkdirSync(SCREENSHOTS, { recursive: true });
  }

  get page(): Page {
    return this.#shown.page;
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  heading(name: string): Locator {
    return this.page.getByRole('heading', { name, exact: true });
  }

  alert(words: string | RegExp): Locator {
    return this.page.getByRole('alert').filter({ hasText: words });
  }

  get passkeys(): Locator {
    return this.page.locator('#passkeys li');
  }

  get transfers(): Locator {
    return this.page.locator('#transfers li');
  }

  /** Sends money to the address in the form. */
  async send(amount: string): Promise<void> {
    await this.page.getByLabel('Amount').fill(amount);
    await this.button('Send').click();
    await this.page.getByText('Sent. Dfns has your transfer').waitFor();
  }

  /** The text of the element that has the focus. */
  async focused(): Promise<string> {
    return (await this.page.evaluate<string>('document.activeElement.textContent')).trim();
  }

  async logIn(email: string, password: string, button = 'Log in'): Promise<void> {
    await this.page.getByLabel('E-mail address').fill(email);
    await this.page.getByLabel('Password').fill(password);
    await this.button(button).click();
  }

  /** Saves what the page shows: in light and dark, narrow and wide. */
  async shot(state: string): Promise<void> {
    this.#shots += 1;
    const name = `${this.#name}-${String(this.#shots).padStart(2, '0')}-${state}`;
    for (const width of WIDTHS) {
      await this.page.setViewportSize({ width, height: HEIGHT });
      for (const colorScheme of ['light', 'dark'] as const) {
        await this.page.emulateMedia({ colorScheme });
        const path = join(SCREENSHOTS, `${name}-${width}-${colorScheme}.png`);
        await this.page.screenshot({ path, fullPage: true });
      }
    }
    await this.page.emulateMedia({ colorScheme: 'light' });
  }
}
