/** An answer of the server that is no success. */
export class Refusal extends Error {
  constructor(status, { message, code } = {}) {
    super([message].flat().join(' ') || 'Something went wrong. Please try again.');
    this.status = status;
    this.code = code;
  }
}

/** Asks the server of this page. The header tells it that no other site does. */
async function call(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: { 'X-Requested-With': 'fetch', ...(body && { 'Content-Type': 'application/json' }) },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Refusal(response.status, isJson(response) ? JSON.parse(text) : {});
  return text ? JSON.parse(text) : undefined;
}

const isJson = (response) => response.headers.get('content-type')?.startsWith('application/json');

export const get = (path) => call('GET', path);
export const post = (path, body) => call('POST', path, body);
export const remove = (path) => call('DELETE', path);
