import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type DfnsWebhookEvent, verifyDfnsWebhook } from 'nestjs-dfns-auth';
import {
  SECRET,
  signedDelivery,
  transferEvent,
  type WebhookVector,
  webhookVectors,
} from './support/webhook-deliveries.js';

const NOW = 1_790_000_000_000;

/** What the message says, for each reason of the vectors. */
const MESSAGES: Record<Exclude<WebhookVector['reason'], null>, RegExp> = {
  'bad header': /header X-DFNS-WEBHOOK-SIGNATURE is missing or has another form/,
  'bad signature': /none of the secrets made the signature/,
  'bad timestamp': /no timestampSent/,
  stale: /clock/,
  'no secret': /no secret, or an empty one/,
};

const verify = (delivery: { body: string | Uint8Array; header: string | null }, secrets: string | string[] = SECRET) =>
  verifyDfnsWebhook(delivery.body, delivery.header ?? undefined, { secrets, now: NOW });

describe('the published deliveries', () => {
  it('are all there', () => {
    expect(webhookVectors).toHaveLength(38);
  });

  it.each(webhookVectors.map((vector) => [vector.name, vector] as const))('%s', (_, vector) => {
    const { body, header, secret, now, expected, reason } = vector;
    const forms = [body, Buffer.from(body), new Uint8Array(Buffer.from(body))];
    for (const rawBody of forms) {
      const check = () => verifyDfnsWebhook(rawBody, header ?? undefined, { secrets: secret, now: now * 1_000 });
      if (expected.raw) expect(check()).toEqual(JSON.parse(body));
      else expect(check).toThrow(MESSAGES[reason as keyof typeof MESSAGES]);
    }
  });
});

describe('the header', () => {
  const delivery = signedDelivery(transferEvent(NOW));
  const header = delivery.header as string;

  it('has one form only', () => {
    const others = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }).map((text) => `sha256=${text}`),
      fc.string({ unit: fc.constantFrom(...'0123456789abcdefABCDEF') }).map((text) => `sha256=${text}`),
      fc.constantFrom(' ', '\n', '\0', ',', '=', header).map((text) => header + text),
      fc.constantFrom(' ', '\n', '\0', ',', '=', header).map((text) => text + header),
      fc.nat(header.length - 1).map((at) => header.slice(0, at) + header.slice(at + 1)),
    );
    const isRefused = (text: string) => {
      expect(() => verify({ ...delivery, header: text })).toThrow(MESSAGES['bad header']);
    };
    fc.assert(
      fc.property(
        others.filter((text) => !/^sha256=[0-9a-f]{64}(?!.)$/s.test(text)),
        isRefused,
      ),
    );
  });

  it('with another digit fits no more', () => {
    const at = fc.integer({ min: 'sha256='.length, max: header.length - 1 });
    const digit = fc.constantFrom(...'0123456789abcdef');
    fc.assert(
      fc.property(at, digit, (index, other) => {
        fc.pre(header[index] !== other);
        const changed = header.slice(0, index) + other + header.slice(index + 1);
        expect(() => verify({ ...delivery, header: changed })).toThrow(MESSAGES['bad signature']);
      }),
    );
  });

  it('is refused as a list', () => {
    const check = { secrets: SECRET, now: NOW };
    expect(() => verifyDfnsWebhook(delivery.body, [header, header], check)).toThrow(MESSAGES['bad header']);
  });
});

it('any body passes with its own signature, and with no other one', () => {
  const secret = fc.uuid().map((uuid) => `whs-${uuid}`);
  fc.assert(
    fc.property(fc.json(), secret, secret, (json, mine, other) => {
      const event = { ...transferEvent(NOW), data: { anything: JSON.parse(json) } };
      const signed = signedDelivery(event, mine);
      expect(JSON.stringify(verify(signed, [other, mine]))).toBe(signed.body);
      if (mine !== other) expect(() => verify(signed, other)).toThrow(MESSAGES['bad signature']);
    }),
  );
});

describe('the time', () => {
  it.each([-299_999, 0, 299_999])('may be %d ms from now', (distanceMs) => {
    const signed = signedDelivery(transferEvent(NOW));
    const check = { secrets: SECRET, now: NOW + distanceMs };
    expect(verifyDfnsWebhook(signed.body, signed.header as string, check)).toMatchObject({ deliveryAttempt: 1 });
  });

  it.each([
    [300_000, /300 s ago/],
    [-300_000, /300 s in the future/],
  ])('may not be %d ms from now', (distanceMs, words) => {
    const signed = signedDelivery(transferEvent(NOW));
    const check = { secrets: SECRET, now: NOW + distanceMs };
    expect(() => verifyDfnsWebhook(signed.body, signed.header as string, check)).toThrow(words);
  });

  it('is the time of this machine, if none is given', () => {
    const signed = signedDelivery(transferEvent(Date.now()));
    expect(verifyDfnsWebhook(signed.body, signed.header as string, { secrets: SECRET })).toBeDefined();
  });
});

describe('a body with a good signature', () => {
  it.each([[{ id: 1 }], [{ kind: null }], [{ data: undefined }], [{ data: [] }], [{ data: 'wallet' }]])(
    'is refused with %j',
    (members) => {
      expect(() => verify(signedDelivery(transferEvent(NOW, members)))).toThrow(/lacks id, kind or data/);
    },
  );

  it('needs no member that nobody reads', () => {
    const { id, kind, timestampSent, data } = transferEvent(NOW);
    expect(verify(signedDelivery({ id, kind, timestampSent, data }))).toEqual({ id, kind, timestampSent, data });
  });
});

it.each([[[]], [['']], [[SECRET, '']]])('the secrets %j are refused', (secrets) => {
  expect(() => verify(signedDelivery(transferEvent(NOW)), secrets)).toThrow(
    expect.objectContaining({ code: 'DFNS_CONFIGURATION' }),
  );
});

it('an error has no secret, no signature and no part of the body', () => {
  const signed = signedDelivery(transferEvent(NOW), 'whs-other');
  let text = '';
  try {
    verify(signed);
  } catch (error) {
    text = JSON.stringify(error) + (error as Error).stack;
  }
  expect(text).toContain('DFNS_WEBHOOK_REFUSED');
  for (const part of [SECRET, (signed.header as string).slice(7), 'xfr-', 'whe-']) expect(text).not.toContain(part);
});

/** Compiles only if `kind` narrows `data`. */
function describeEvent(event: DfnsWebhookEvent): string | undefined {
  switch (event.kind) {
    case 'wallet.created':
      return event.data.wallet.network;
    case 'wallet.tags.modified':
      return event.data.tagsAdded.join();
    case 'wallet.transfer.confirmed':
      return event.data.transferRequest.status;
    case 'policy.approval.pending':
      return event.data.approval.id;
    default: {
      const kind: string = event.kind;
      return kind === 'swap.completed' ? JSON.stringify(event.data) : undefined;
    }
  }
}

it('an event is told by its kind, also a kind that nobody documented', () => {
  const event = (members: object) => verify(signedDelivery(transferEvent(NOW, { ...members })));
  expect(describeEvent(event({}))).toBe('Confirmed');
  expect(describeEvent(event({ kind: 'wallet.created', data: { wallet: { network: 'Ton' } } }))).toBe('Ton');
  expect(describeEvent(event({ kind: 'swap.completed', data: { swap: 1 } }))).toBe('{"swap":1}');
});
