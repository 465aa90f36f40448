import { Injectable, type NestMiddleware, type OnModuleDestroy } from '@nestjs/common';
import { SandboxConfig } from './sandbox-config.js';

/** How often the sandbox looks at its clock while something is planned. */
const TICK_MS = 250;

interface Planned {
  /** Milliseconds since the epoch, by the clock of the sandbox. */
  time: number;
  happen: (time: number) => void;
}

/**
 * What will happen at a time of the sandbox clock. It happens in the order of time: before each request, when the
 * clock is advanced, and on a tick.
 * So a test that sets the clock sees at once what the new time brings.
 */
@Injectable()
export class Schedule implements OnModuleDestroy {
  readonly #planners = new Set<() => void>();
  #planned: Planned[] = [];
  #ticks: NodeJS.Timeout | undefined;
  #hasEnded = false;

  constructor(private readonly config: SandboxConfig) {
    config.clock.whenAdvanced(() => this.run());
  }

  /** @param plan plans again, with {@link at}, all that follows from the state */
  plansAgainWith(plan: () => void): void {
    this.#planners.add(plan);
  }

  /** Forgets what was planned, and plans what follows from the state. Call it when the state was replaced. */
  planAgain(): void {
    this.#planned = [];
    for (const plan of this.#planners) plan();
  }

  /**
   * Plans something, unless the sandbox has stopped: a delivery may end later.
   *
   * @param happen gets the planned time; it must check that its reason still holds, since nothing is cancelled
   */
  at(time: number, happen: (time: number) => void): void {
    if (this.#hasEnded || !Number.isFinite(time)) return;
    this.#planned.push({ time, happen });
    this.#planned.sort((one, other) => one.time - other.time);
    this.#ticks ??= setInterval(() => this.run(), TICK_MS).unref();
  }

  /** Lets everything happen whose time has come. */
  run(): void {
    const now = this.config.now();
    for (let next = this.#planned[0]; next && next.time <= now; next = this.#planned[0]) {
      this.#planned.shift();
      next.happen(next.time);
    }
    if (this.#planned.length === 0) this.#stopTicks();
  }

  onModuleDestroy(): void {
    this.#hasEnded = true;
    this.#stopTicks();
  }

  #stopTicks(): void {
    clearInterval(this.#ticks);
    this.#ticks = undefined;
  }
}

/** Brings the sandbox up to date before it handles a request. */
@Injectable()
export class ScheduleMiddleware implements NestMiddleware {
  constructor(private readonly schedule: Schedule) {}

  use(_request: unknown, _response: unknown, next: () => void): void {
    this.schedule.run();
    next();
  }
}
