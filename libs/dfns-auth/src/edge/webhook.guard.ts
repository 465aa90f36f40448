import {
  applyDecorators,
  type CallHandler,
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  HttpCode,
  Inject,
  Injectable,
  type NestInterceptor,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { DfnsError } from '../errors/dfns-error.js';
import type { DfnsWebhookEvent as WebhookEvent } from '../webhooks/webhook-event.js';
import { type WebhookReceiver, webhookReceiverToken } from '../webhooks/webhook-receiver.js';

/** The members that the requests of Express and Fastify have in common. */
interface DeliveryRequest {
  headers: Record<string, string | string[] | undefined>;
  body?: unknown;
  /** Only with the option `rawBody` of `NestFactory.create`. */
  rawBody?: Buffer;
}

/** Admits deliveries of Dfns, and puts their event on the request. Each decorated handler has its own subclass. */
class WebhookGuard implements CanActivate {
  readonly #receiver: WebhookReceiver;
  readonly #key: symbol;

  /** @throws DfnsError `DFNS_CONFIGURATION` without secrets, so that the application does not start */
  constructor(receiver: WebhookReceiver, instance: string | undefined) {
    receiver.assertConfigured();
    this.#receiver = receiver;
    this.#key = keyOf(instance);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<DeliveryRequest>();
    const event = await this.#receiver.verify(rawBodyOf(request), request.headers['x-dfns-webhook-signature']);
    Object.defineProperty(request, this.#key, { value: event, configurable: true });
    return true;
  }
}

/** Calls the handler only for an event that was not handled before. */
class WebhookInterceptor implements NestInterceptor {
  readonly #receiver: WebhookReceiver;
  readonly #instance: string | undefined;

  constructor(receiver: WebhookReceiver, instance: string | undefined) {
    this.#receiver = receiver;
    this.#instance = instance;
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const handle = () => lastValueFrom(next.handle(), { defaultValue: undefined });
    return from(this.#receiver.once(nameOf(context), eventOf(context, this.#instance), handle));
  }
}

/**
 * Makes a handler the target of a Dfns webhook, on Express and Fastify. It needs the option `webhooks` of the module, and
 * the raw body: `NestFactory.create(AppModule, { rawBody: true })`.
 *
 * ```ts
 * @Post('webhooks/dfns')
 * @DfnsWebhook()
 * async handle(@DfnsWebhookEvent() event: DfnsWebhookEvent): Promise<void> { … }
 * ```
 *
 * - A delivery without a signature by one of the secrets, or sent 300 seconds or more from now, is refused: 401 with
 *   `DfnsExceptionFilter`.
 * - The status of success is 200, since Dfns takes every other one for a failure.
 * - An event counts as handled when the handler succeeds. A duplicate is answered 200 without the handler. If the handler
 *   throws, the handler gets the event again with the next retry of Dfns.
 * - Answer within a few seconds, and do long work later. If a handler takes over 50 seconds, it may be called for a retry
 *   before it ends. If two deliveries of an event arrive together, the second waits for the first for 2 seconds, and is
 *   answered 503 then.
 * - If a process ends between the work of the handler and its answer, the retry is handled again. Events come in any
 *   order.
 *
 * Do not use `@Res()` in the handler, since duplicates would get no answer.
 *
 * @param instance name of the instance, if it has one
 * @throws DfnsError `DFNS_CONFIGURATION` at start, if there are no secrets; for a delivery `DFNS_WEBHOOK_REFUSED`,
 * `DFNS_CONFIGURATION` without the raw body, and `DFNS_UNAVAILABLE` if the store fails
 */
export function DfnsWebhook(instance?: string): MethodDecorator {
  const token = webhookReceiverToken(instance);

  @Injectable()
  class Guard extends WebhookGuard {
    constructor(@Inject(token) receiver: WebhookReceiver) {
      super(receiver, instance);
    }
  }

  @Injectable()
  class Interceptor extends WebhookInterceptor {
    constructor(@Inject(token) receiver: WebhookReceiver) {
      super(receiver, instance);
    }
  }

  return applyDecorators(UseGuards(Guard), UseInterceptors(Interceptor), HttpCode(200));
}

/**
 * Injects the event of a delivery; needs {@link DfnsWebhook}.
 *
 * @param instance name of the instance, if it has one
 * @throws DfnsError `DFNS_CONFIGURATION` without `@DfnsWebhook()`
 */
export const DfnsWebhookEvent: (instance?: string) => ParameterDecorator = createParamDecorator(
  (instance: string | undefined, context: ExecutionContext): WebhookEvent => eventOf(context, instance),
);

/** The type of the parameter that the decorator of the same name injects. */
export type DfnsWebhookEvent = WebhookEvent;

/** @throws DfnsError `DFNS_CONFIGURATION` if the application does not keep raw bodies */
function rawBodyOf({ rawBody, body }: DeliveryRequest): Buffer {
  if (rawBody) return rawBody;
  if (typeof body !== 'object' || body === null) {
    throw new DfnsError('DFNS_WEBHOOK_REFUSED', 'a webhook delivery is refused: it has no JSON body');
  }
  throw new DfnsError(
    'DFNS_CONFIGURATION',
    '@DfnsWebhook() needs the bytes of the body: create the application with NestFactory.create(AppModule, { rawBody: true }), and with the body parser of Nest',
  );
}

/** @throws DfnsError `DFNS_CONFIGURATION` if the guard has not run */
function eventOf(context: ExecutionContext, instance: string | undefined): WebhookEvent {
  const event = context.switchToHttp().getRequest<Record<symbol, WebhookEvent | undefined>>()[keyOf(instance)];
  if (event) return event;
  const decorator = instance === undefined ? '@DfnsWebhook()' : `@DfnsWebhook('${instance}')`;
  throw new DfnsError(
    'DFNS_CONFIGURATION',
    `${nameOf(context)} takes a webhook event, but has no ${decorator}: add it`,
  );
}

function nameOf(context: ExecutionContext): string {
  return `${context.getClass().name}.${context.getHandler().name}`;
}

/** A global symbol, so that two copies of the package in one process use the same member. */
function keyOf(instance = ''): symbol {
  return Symbol.for(`nestjs-dfns-auth/webhook-event/${instance}`);
}
