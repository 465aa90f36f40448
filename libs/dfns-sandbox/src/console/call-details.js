/** What stands inside a call: who signed what, what was sent, and every check. */

import { code, h, textBlock, verdict, withSecrets } from './elements.js';

const STEPS = { '/auth/action/init': 'Challenge', '/auth/action': 'Signature' };

export const isRefused = ({ status, checks, durationMs }) =>
  status >= 400 || checks.some(({ ok }) => !ok) || (status === undefined && durationMs !== undefined);

export const nameOf = ({ kind, username, name }) => (kind === 'ServiceAccount' ? name : username);
export const pathOf = ({ path }) => path.split('?')[0];
export const stepName = ({ request }) => STEPS[pathOf(request)] ?? 'Call';

/** Whether a request belongs to the signature, and is not the call itself. */
export const isStep = (request) => pathOf(request) in STEPS;

/** The content of an open call. */
export function callBody(steps, refused) {
  return h(
    'div',
    { class: 'body' },
    refused && h('p', { class: 'reason' }, reasonOf(refused)),
    comparison(steps),
    h('ol', { class: 'timeline' }, steps.map(stepElement)),
  );
}

function reasonOf(step) {
  const failed = step.checks.find(({ ok }) => !ok);
  if (step.fault) return [h('b', {}, `Planned fault: ${step.fault}. `), 'The sandbox did what the fault says.'];
  if (!failed) return [h('b', {}, `${stepName(step)} refused with ${step.status}.`)];
  return [h('b', {}, `${stepName(step)} refused at “${failed.name}”. `), failed.why ? withSecrets(failed.why) : ''];
}

/** The signed request beside the sent one. */
function comparison(steps) {
  const call = steps.findLast(({ request }) => !isStep(request));
  const signed = steps.findLast((step) => step.signed)?.signed;
  if (!signed) return undefined;
  const sent = call && { method: call.request.method, path: call.request.path, payload: call.request.body };
  const column = (title, request, other) =>
    h(
      'div',
      {},
      h('h2', {}, title),
      request
        ? [
            h('p', { class: 'line' }, request.method, ' ', withSecrets(request.path)),
            h('pre', { tabindex: '0', role: 'region', 'aria-label': title }, marked(request.payload, other?.payload)),
          ]
        : h('p', { class: 'none' }, 'The call has not arrived.'),
    );
  return h('div', { class: 'beside' }, column('Signed', signed, sent), column('Sent', sent, signed));
}

/** Marks the part of a text that another text does not have. */
function marked(text, other = text) {
  if (!text) return [h('span', { class: 'none' }, 'no body')];
  if (text === other) return withSecrets(text);
  let start = 0;
  while (start < text.length && text[start] === other[start]) start += 1;
  let end = 0;
  while (end < Math.min(text.length, other.length) - start && text.at(-1 - end) === other.at(-1 - end)) end += 1;
  const middle = text.slice(start, text.length - end);
  return [
    ...withSecrets(text.slice(0, start)),
    middle && h('mark', {}, withSecrets(middle)),
    ...withSecrets(text.slice(text.length - end)),
  ].filter(Boolean);
}

function stepElement(step) {
  const { request, status, durationMs, checks, signer, clientData, caller, answer, id, fault } = step;
  const fact = (term, ...value) => h('div', {}, h('dt', {}, term), h('dd', {}, value));
  return h(
    'li',
    { class: isRefused(step) ? 'bad' : '' },
    h('h2', {}, stepName(step), ' ', h('span', { class: 'line' }, request.method, ' ', withSecrets(request.path))),
    h(
      'dl',
      { class: 'facts' },
      fact(
        'Answer',
        status === undefined ? 'none' : h('b', {}, String(status)),
        durationMs === undefined ? ' open' : ` in ${durationMs} ms`,
      ),
      caller && fact('Caller', `${nameOf(caller)} (${caller.kind}) `, code(caller.userId)),
      signer &&
        fact(
          'Signed by',
          `${caller ? nameOf(caller) : signer.username} with ${signer.name} (${signer.kind}) `,
          code(signer.credId),
        ),
      fault && fact('Fault', fault),
    ),
    checks.length > 0 &&
      h('ul', { class: 'checks', 'aria-label': `Checks of ${stepName(step)}` }, checks.map(checkElement)),
    h(
      'div',
      { class: 'parts' },
      clientData &&
        part(`${id} client data`, 'Client data that was signed, decoded', textBlock('Client data', clientData), true),
      request.body && part(`${id} body`, 'Body', textBlock('Body', request.body)),
      part(`${id} headers`, 'Headers', headersElement(request.headers)),
      answer && part(`${id} answer`, 'Answer', textBlock('Answer', answer)),
    ),
  );
}

const checkElement = ({ name, ok, why }) =>
  h('li', {}, verdict(ok), h('span', {}, h('b', {}, name), why && h('span', { class: 'why' }, ' ', withSecrets(why))));

const part = (key, title, content, open = false) =>
  h('details', { class: 'part', 'data-key': key, open }, h('summary', {}, title), content);

const headersElement = (headers) =>
  h(
    'dl',
    { class: 'headers' },
    Object.entries(headers).map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, withSecrets(value)))),
  );
