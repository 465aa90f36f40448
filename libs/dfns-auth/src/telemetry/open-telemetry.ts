import type * as OpenTelemetryApi from '@opentelemetry/api';
import type { DfnsCallEvent, DfnsStepEvent, Instruments } from './events.js';

const NAME = 'nestjs-dfns-auth';

/**
 * The instruments for OpenTelemetry, or `undefined` if the application does not use it. `@opentelemetry/api` is an
 * optional peer dependency. An SDK must be started before this function runs.
 */
export async function loadOpenTelemetry(): Promise<Instruments | undefined> {
  try {
    const api = await import('@opentelemetry/api');
    return isListening(api) ? instruments(api) : undefined;
  } catch {
    return undefined;
  }
}

function isListening({ createNoopMeter, metrics, ProxyTracerProvider, trace }: typeof OpenTelemetryApi): boolean {
  const tracing = trace.getTracerProvider();
  const nobody = new ProxyTracerProvider().getDelegate();
  const isTraced = !(tracing instanceof ProxyTracerProvider) || tracing.getDelegate() !== nobody;
  return isTraced || metrics.getMeter(NAME) !== createNoopMeter();
}

function instruments({ metrics, SpanKind, SpanStatusCode, trace }: typeof OpenTelemetryApi): Instruments {
  const tracer = trace.getTracer(NAME);
  const meter = metrics.getMeter(NAME);
  const durations = {
    call: meter.createHistogram('dfns.call.duration', { unit: 's', description: 'Calls, retries included' }),
    step: meter.createHistogram('dfns.step.duration', { unit: 's', description: 'Single requests to Dfns' }),
  };
  const retries = meter.createCounter('dfns.call.retries', { description: 'Attempts after the first' });
  const lookups = meter.createCounter('dfns.token.lookups', { description: 'User tokens asked for' });
  return {
    span: (kind, operation, call) => {
      const options = { kind: kind === 'step' ? SpanKind.CLIENT : SpanKind.INTERNAL };
      return tracer.startActiveSpan(`dfns ${operation}`, options, (span) =>
        call((event) => {
          const { outcome, durationMs } = event;
          durations[kind].record(durationMs / 1000, { 'dfns.operation': operation, 'dfns.outcome': outcome });
          if ('attempts' in event && event.attempts > 1)
            retries.add(event.attempts - 1, { 'dfns.operation': operation });
          span.setAttributes(attributes(event));
          if (outcome !== 'ok') span.setStatus({ code: SpanStatusCode.ERROR, message: outcome });
          span.end();
        }),
      );
    },
    token: (result) => lookups.add(1, { 'dfns.token.result': result }),
  };
}

function attributes(event: DfnsCallEvent | DfnsStepEvent) {
  const common = { 'dfns.operation': event.operation, 'dfns.outcome': event.outcome };
  if ('attempts' in event) return { ...common, 'dfns.attempts': event.attempts, 'dfns.user': event.user };
  const { step, upstreamStatus } = event;
  return { ...common, 'dfns.step': step, 'http.response.status_code': upstreamStatus };
}
