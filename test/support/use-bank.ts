import { Bank } from './bank.js';
import { type ChromiumPage, useChromiumPage } from './chromium-page.js';
import { story } from './story.js';
import { type RunningApplication, useApplication } from './use-application.js';

/** The reference application, its page in Chromium, and the steps of a story about a person who uses it. */
export interface UsedBank {
  application: RunningApplication;
  chromium: ChromiumPage;
  bank: Bank;
  step: ReturnType<typeof story>;
}

/** Starts all of it before the tests of a `describe` block. @param name the first part of the names of the screenshots */
export function useBank(name: string): UsedBank {
  const application = useApplication();
  const chromium = useChromiumPage();
  return { application, chromium, bank: new Bank(chromium, name), step: story() };
}
