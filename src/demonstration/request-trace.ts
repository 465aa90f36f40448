import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { RequestHandler } from 'express';
import type { DfnsStepEvent, DfnsTokenEvent } from 'nestjs-dfns-auth';

const MAX_KEPT = 200;
const STEPS = 'nestjs-dfns-auth:step';
const TOKENS = 'nestjs-dfns-auth:token';

/** A request of the page, and the requests to Dfns that the application made for it. */
export interface TracedRequest {
  id: number;
  /** Method and path of the route, such as `POST /actions/:ceremonyId`. */
  operation: string;
  status: number;
  durationMs: number;
  /** Where the token of the user came from, if one was needed. */
  token?: DfnsTokenEvent['result'];
  steps: DfnsStepEvent[];
}

/**
 * What the application did for each request of the page. The library publishes its requests on diagnostics channels, in
 * the asynchronous context of the request that caused them.
 */
@Injectable()
export class RequestTrace implements OnModuleInit, OnApplicationShutdown {
  readonly #current = new AsyncLocalStorage<TracedRequest>();
  readonly #kept: { tab: string; traced: TracedRequest }[] = [];
  /** Ids grow also over a restart, so that a page that stayed open gets what is new. */
  #lastId = Date.now();

  readonly #onStep = (event: unknown): void => void this.#current.getStore()?.steps.push(event as DfnsStepEvent);
  readonly #onToken = (event: unknown): void => {
    const traced = this.#current.getStore();
    if (traced) traced.token ??= (event as DfnsTokenEvent).result;
  };

  onModuleInit(): void {
    subscribe(STEPS, this.#onStep);
    subscribe(TOKENS, this.#onToken);
  }

  onApplicationShutdown(): void {
    unsubscribe(STEPS, this.#onStep);
    unsubscribe(TOKENS, this.#onToken);
  }

  /** Traces the requests of pages that name their tab with the header `X-Tab`. */
  readonly middleware: RequestHandler = (request, response, next) => {
    const tab = request.get('x-tab');
    if (!tab) return next();
    const startedAt = performance.now();
    const traced: TracedRequest = { id: ++this.#lastId, operation: '', status: 0, durationMs: 0, steps: [] };
    // Before the answer goes out, so that the page finds it at once.
    const end = response.end.bind(response) as (...args: unknown[]) => typeof response;
    response.end = (...args: unknown[]) => {
      traced.operation = `${request.method} ${request.route?.path ?? request.path}`;
      traced.status = response.statusCode;
      traced.durationMs = performance.now() - startedAt;
      this.#keep(tab, traced);
      return end(...args);
    };
    this.#current.run(traced, next);
  };

  /** The requests of a tab after the one with this id, oldest first. */
  of(tab: string, after: number): TracedRequest[] {
    return this.#kept.filter((kept) => kept.tab === tab && kept.traced.id > after).map(({ traced }) => traced);
  }

  #keep(tab: string, traced: TracedRequest): void {
    this.#kept.push({ tab, traced });
    if (this.#kept.length > MAX_KEPT) this.#kept.shift();
  }
}
