import { afterAll, afterEach, beforeAll, beforeEach, describe } from '@jest/globals';
import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core';
import { CHROMIUM_FLAGS, findChromium } from './chromium.js';

const executablePath = findChromium();
const isSkipped = !executablePath && process.env['CI'] !== 'true';
if (isSkipped) process.stderr.write('skipped: there is no Chromium; install one with "apt-get install chromium"\n');

/** `describe`, or `describe.skip` on a machine without Chromium. In CI Chromium must be there. */
export const describeInChromium: typeof describe.skip = isSkipped ? describe.skip : describe;

/** @throws Error on a machine without Chromium */
export async function launchChromium(): Promise<Browser> {
  if (!executablePath) throw new Error('no Chromium: install one with "apt-get install chromium"');
  return chromium.launch({ executablePath, args: CHROMIUM_FLAGS });
}

/** The devices of a person: virtual authenticators, which make and use passkeys without being asked. */
export class Devices {
  readonly #devtools: CDPSession;
  readonly #ids: string[] = [];

  constructor(devtools: CDPSession) {
    this.#devtools = devtools;
  }

  async add(transport: 'internal' | 'usb' = 'internal'): Promise<string> {
    const { authenticatorId } = await this.#devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport,
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    this.#ids.push(authenticatorId);
    return authenticatorId;
  }

  /** Whether the person is recognised when a device asks. */
  async recognise(isUserVerified: boolean): Promise<void> {
    for (const authenticatorId of this.#ids) {
      await this.#devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
    }
  }

  /** Takes a device out of the person's hand, or gives it back. */
  async hold(authenticatorId: string, enabled: boolean): Promise<void> {
    await this.#devtools.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled });
  }

  /** The number of passkeys on all devices. */
  async passkeys(): Promise<number> {
    const lists = this.#ids.map((authenticatorId) =>
      this.#devtools.send('WebAuthn.getCredentials', { authenticatorId }),
    );
    return (await Promise.all(lists)).flatMap(({ credentials }) => credentials).length;
  }

  async loseAll(): Promise<void> {
    for (const authenticatorId of this.#ids.splice(0)) {
      await this.#devtools.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId });
    }
  }
}

/** A page of Chromium, with one device. Its members work inside hooks and tests. */
export class ChromiumPage {
  #browser?: Browser;
  page!: Page;
  devices!: Devices;

  async launch(): Promise<void> {
    this.#browser = await launchChromium();
  }

  /** Opens a page that shares nothing with earlier ones. */
  async open(): Promise<void> {
    const context = await (this.#browser as Browser).newContext({ viewport: { width: 1280, height: 900 } });
    this.page = await context.newPage();
    this.page.setDefaultTimeout(10_000);
    const devtools = await this.page.context().newCDPSession(this.page);
    await devtools.send('WebAuthn.enable');
    this.devices = new Devices(devtools);
    await this.devices.add();
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }

  async quit(): Promise<void> {
    await this.#browser?.close();
  }
}

/** One page for all tests of a `describe` block. */
export function useChromiumPage(): ChromiumPage {
  const chromiumPage = new ChromiumPage();
  beforeAll(async () => {
    await chromiumPage.launch();
    await chromiumPage.open();
  }, 30_000);
  afterAll(() => chromiumPage.quit());
  return chromiumPage;
}

/** One browser for all tests of a `describe` block, and a page of its own for each test. */
export function useChromiumPageForEachTest(): ChromiumPage {
  const chromiumPage = new ChromiumPage();
  beforeAll(() => chromiumPage.launch(), 30_000);
  beforeEach(() => chromiumPage.open());
  afterEach(() => chromiumPage.close());
  afterAll(() => chromiumPage.quit());
  return chromiumPage;
}
