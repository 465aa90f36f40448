import { webhookSecretsProblem } from './option-checks.js';
import { OptionProblems } from './option-problems.js';
import type { Secret } from './options.js';
import { SECRET_NOT_FETCHED, secretText } from './secret-text.js';

const PATH = 'webhooks.secrets';

/** The secrets of the webhooks of one instance. The functions of the option are asked each time. */
export class WebhookSecrets {
  readonly #secrets: Secret[];

  private constructor(secrets: Secret[]) {
    this.#secrets = secrets;
  }

  /** @param problems hears what is wrong with the texts at start; the form of the option is checked elsewhere */
  static async open(
    secrets: Secret | Secret[] | undefined | null,
    problems: OptionProblems,
  ): Promise<WebhookSecrets | undefined> {
    if (secrets === undefined || secrets === null || webhookSecretsProblem(secrets) !== undefined) return undefined;
    const opened = new WebhookSecrets([secrets].flat());
    await opened.#read(problems);
    return opened;
  }

  /** @throws DfnsError `DFNS_CONFIGURATION` if a function fails, or gives something that is no secret */
  async read(): Promise<string[]> {
    const problems = new OptionProblems();
    const texts = await this.#read(problems);
    problems.throwIfAny();
    return texts;
  }

  async #read(problems: OptionProblems): Promise<string[]> {
    try {
      const texts = await Promise.all(this.#secrets.map(secretText));
      problems.add(PATH, webhookSecretsProblem(texts.map((text) => (typeof text === 'string' ? text : ''))));
      return texts as string[];
    } catch {
      problems.add(PATH, SECRET_NOT_FETCHED);
      return [];
    }
  }
}
