import { Injectable } from '@nestjs/common';
import type { Activity } from './activity.js';

/** How the activities about one thing go on. Each method gets the id of the thing. */
export interface ActivityHandler {
  /** The member that an approval shows, in its present state, such as `{ transferRequest }`. */
  shown(id: string): object;
  /** Goes on: at once if no policy asks for an approval, else after the approval. `time` is in milliseconds. */
  goOn(id: string, time: number): void;
  /** Ends it: a policy blocks it, or the approval was denied or has expired. */
  reject(id: string, reason: string, time: number): void;
}

/** How all activities go on. A feature adds what its activities do, so that an approval is plain data that can be kept. */
@Injectable()
export class ActivityHandlers {
  readonly #handlers = new Map<Activity['about'], ActivityHandler>();

  add(about: Activity['about'], handler: ActivityHandler): void {
    this.#handlers.set(about, handler);
  }

  /** The activity as the API shows it. */
  shown(activity: Activity): object {
    return { kind: activity.kind, ...this.#of(activity).shown(activity.id) };
  }

  goOn(activity: Activity, time: number): void {
    this.#of(activity).goOn(activity.id, time);
  }

  reject(activity: Activity, reason: string, time: number): void {
    this.#of(activity).reject(activity.id, reason, time);
  }

  #of({ about }: Activity): ActivityHandler {
    const handler = this.#handlers.get(about);
    if (!handler) throw new Error(`Nobody handles activities about a ${about}`);
    return handler;
  }
}
