import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import type { DynamicModule } from '@nestjs/common';
import type { TestingModule } from '@nestjs/testing';
import { DfnsSandbox, type SandboxOptions } from 'dfns-sandbox';
import { type Clock, DelegatedAuthService, DfnsAuthModule, type DfnsAuthModuleOptions } from 'nestjs-dfns-auth';
import { optionsFor, startInstance } from './library-instance.js';

/** The options of the sandbox, and the usernames of the users that it has from the start. */
export interface WorldOptions extends SandboxOptions {
  users?: string[];
}

/** A sandbox that compares bodies byte by byte, and the instances of the library that use it. Its members work inside hooks and tests. */
export class World {
  readonly #options: WorldOptions;
  readonly #ofAllTests: TestingModule[] = [];
  readonly #ofThisTest: TestingModule[] = [];
  #isInTest = false;
  sandbox!: DfnsSandbox;

  constructor(options: WorldOptions) {
    this.#options = options;
  }

  /**
   * Starts an instance with a fresh service account of the sandbox. An instance that a test or a `beforeEach` started
   * closes after the test. An instance that a `beforeAll` started closes after all tests.
   *
   * @param now the clock of the instance; without it, the clock of the sandbox
   */
  startInstance(options: Partial<DfnsAuthModuleOptions> = {}, now?: Clock): Promise<TestingModule> {
    return this.startModule(DfnsAuthModule.forRoot(optionsFor(this.sandbox, options)), now);
  }

  /** Does the same as {@link startInstance}, and returns the service of the instance. */
  async startService(options?: Partial<DfnsAuthModuleOptions>, now?: Clock): Promise<DelegatedAuthService> {
    return (await this.startInstance(options, now)).get(DelegatedAuthService);
  }

  /** Does the same as {@link startInstance} for a module that the test made itself. */
  async startModule(
    module: DynamicModule,
    now: Clock = this.#options.now ?? (() => Date.now()),
  ): Promise<TestingModule> {
    const instances = this.#isInTest ? this.#ofThisTest : this.#ofAllTests;
    const context = await startInstance(module, now);
    instances.push(context);
    return context;
  }

  /** `METHOD /path` of the requests that the sandbox received, from the index `from`. */
  operations(from = 0): string[] {
    return this.sandbox.requests.slice(from).map(({ method, path }) => `${method} ${path}`);
  }

  async openSandbox(): Promise<void> {
    const { users = [], ...options } = this.#options;
    this.sandbox = await DfnsSandbox.start({ strict: true, ...options });
    for (const username of users) this.sandbox.createUser({ username });
  }

  async closeSandbox(): Promise<void> {
    await closeAll(this.#ofAllTests);
    await this.sandbox.stop();
  }

  beginTest(): void {
    this.#isInTest = true;
  }

  /** Closes the instances of the test, and removes the faults that it planned. */
  async endTest(): Promise<void> {
    this.#isInTest = false;
    await closeAll(this.#ofThisTest);
    this.sandbox.faults.clear();
  }
}

/** Starts one sandbox for all tests of the file or of the `describe` block, and stops it after them. */
export function useSandbox(options: WorldOptions = {}): World {
  const world = new World(options);
  beforeAll(() => world.openSandbox());
  beforeEach(() => world.beginTest());
  afterEach(() => world.endTest());
  afterAll(() => world.closeSandbox());
  return world;
}

/** Starts a sandbox before each test, and stops it after the test. */
export function useSandboxForEachTest(options: WorldOptions = {}): World {
  const world = new World(options);
  beforeEach(async () => {
    await world.openSandbox();
    world.beginTest();
  });
  afterEach(async () => {
    await world.endTest();
    await world.closeSandbox();
  });
  return world;
}

async function closeAll(contexts: TestingModule[]): Promise<void> {
  for (const context of contexts.splice(0)) await context.close();
}
