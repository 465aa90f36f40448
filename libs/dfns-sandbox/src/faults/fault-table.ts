import {
  anything,
  boolean,
  choice,
  described,
  integer,
  object,
  oneOf,
  optional,
  satisfying,
  text,
} from '../bodies/shape.js';
import type { Fault } from './fault.js';

const ALWAYS = 'always';
const status = (usual: number) =>
  described(`The status of the answer. Default: ${usual}.`, optional(integer(200, 599)));

/** Whether the handler of the endpoint runs, so that something may change in the sandbox. */
type Handler = 'runs' | 'does not run' | 'depends on “when”';

/** What the kinds of faults do, in words, and their settings. The console and the OpenAPI document show this table. */
export const FAULTS = {
  status: {
    words: 'Answers with another status: the error envelope with your message, or your own body.',
    handler: 'does not run',
    settings: {
      status: described('The status of the answer.', integer(200, 599)),
      message: described('The message in the error envelope.', optional(text())),
      body: described('Another body: a text or a JSON object.', optional(anything())),
      headers: described('Additional headers of the answer.', optional(object({}, { open: true }))),
      contentType: described('The content type of the answer.', optional(text())),
    },
  },
  html: {
    words: 'Answers with the HTML error page of a proxy.',
    handler: 'does not run',
    settings: { status: status(502) },
  },
  redirect: {
    words: 'Redirects to another address.',
    handler: 'does not run',
    settings: { location: described('The address.', text()), status: status(302) },
  },
  huge: {
    words: 'Answers with a very long JSON object, which is made while it is sent.',
    handler: 'does not run',
    settings: {
      bytes: described('Its length in bytes. Default: 100 MiB.', optional(integer(0, Number.MAX_SAFE_INTEGER))),
      gzip: described('Sends it compressed: few bytes on the network, many in memory.', optional(boolean())),
    },
  },
  echo: {
    words: 'Answers with an error that repeats all headers and the body of the request, with their secrets.',
    handler: 'does not run',
    settings: { status: status(400) },
  },
  reset: {
    words: 'Resets the connection: before the handler runs, after it ran, or in the middle of the answer.',
    handler: 'depends on “when”',
    settings: { when: described('Default: before.', optional(oneOf('before', 'after', 'body'))) },
  },
  hang: {
    words: 'Sends no more bytes: from the start, or after half of the real answer.',
    handler: 'depends on “when”',
    settings: { when: described('Default: headers.', optional(oneOf('headers', 'body'))) },
  },
  slow: {
    words: 'Sends the real answer slowly.',
    handler: 'runs',
    settings: { bytesPerSecond: described('Default: 1.', optional(integer(1, 1_000_000_000))) },
  },
  truncate: {
    words: 'Sends half of the real answer and ends the connection. Content-Length is that of the whole answer.',
    handler: 'runs',
    settings: {},
  },
} as const satisfies Record<Fault['kind'], { words: string; handler: Handler; settings: object }>;

const where = {
  on: described(
    'The requests: a method and a path, such as GET /wallets/{walletId}, or * for every request.',
    text({ pattern: /^(\*|[A-Z]+ \/.*)$/ }),
  ),
  times: described(
    'How many requests it happens to: a number, or "always". Default: 1.',
    optional(
      satisfying<number | typeof ALWAYS>(
        'a whole number from 1, or "always"',
        (value) => value === ALWAYS || (Number.isInteger(value) && Number(value) > 0),
        { anyOf: [{ type: 'integer', minimum: 1 }, { const: ALWAYS }] },
      ),
    ),
  ),
};

type Settings = { [K in keyof typeof FAULTS]: typeof where & (typeof FAULTS)[K]['settings'] };

/** The body that plans a fault over HTTP. */
export const faultBody = choice(
  'kind',
  Object.fromEntries(
    Object.entries(FAULTS).map(([kind, { settings }]) => [kind, { ...where, ...settings }]),
  ) as Settings,
);

/** The fault of a body: JSON has no `Infinity`, so the body says `always`. */
export function faultOf(body: { on: string; kind: string; times?: number | string }): Fault {
  const times = body.times === ALWAYS ? Number.POSITIVE_INFINITY : body.times;
  return { ...body, ...(times !== undefined && { times }) } as Fault;
}

/** The body of a fault. */
export function faultAnswer(fault: Fault): object {
  return { ...fault, times: fault.times === Number.POSITIVE_INFINITY ? ALWAYS : (fault.times ?? 1) };
}
