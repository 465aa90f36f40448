/** Who this page shows, and the name of this tab. */
export const page = { person: undefined, tab: crypto.randomUUID(), serverStart: undefined };

/** An answer of the server that is no success, or none at all (status 0). */
export class Refusal extends Error {
  constructor(request, status, body = {}, details = {}) {
    super([body.message].flat().join('. '));
    Object.assign(this, { request, status, code: body.code, ...details });
  }
}

/**
 * Asks the server of this page. The headers tell it that no other site asks, whom the page shows, and which tab asks.
 *
 * @throws Refusal
 */
async function call(method, path, body) {
  const request = `${method} ${path}`;
  const headers = { 'X-Requested-With': 'fetch', 'X-Tab': page.tab };
  if (page.person) headers['X-Person'] = encodeURIComponent(page.person);
  if (body) headers['Content-Type'] = 'application/json';
  const response = await fetch(path, { method, headers, body: body && JSON.stringify(body) }).catch(() => undefined);
  if (!response) throw new Refusal(request, 0);
  const start = response.headers.get('x-server-start');
  const isRestarted = page.serverStart !== undefined && page.serverStart !== start;
  page.serverStart = start;
  const text = await response.text().catch(() => '');
  const answer = response.headers.get('content-type')?.startsWith('application/json') ? JSON.parse(text) : undefined;
  dispatchEvent(new CustomEvent('answered', { detail: { request, ok: response.ok } }));
  if (response.ok) return answer;
  throw new Refusal(request, response.status, answer, {
    isRestarted,
    retryAfter: Number(response.headers.get('retry-after')) || undefined,
  });
}

export const get = (path) => call('GET', path);
export const post = (path, body) => call('POST', path, body);
export const put = (path, body) => call('PUT', path, body);
export const remove = (path) => call('DELETE', path);
