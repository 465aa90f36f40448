/** Everything that the console asks of the sandbox: control over HTTP, and the stream of events. */

const TOKEN = 'dfns-sandbox-control-token';
const RETRY_MS = 1_000;

/** An error whose message is meant for people. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** The control token is kept until the tab is closed. */
export const keepToken = (token) => sessionStorage.setItem(TOKEN, token);

const authorization = () => {
  const token = sessionStorage.getItem(TOKEN);
  return token ? { authorization: `Bearer ${token}` } : {};
};

/** Sends a request below `/_sandbox/`, and returns the JSON of the answer. */
export async function ask(method, path, body) {
  const headers = { ...authorization(), ...(body && { 'content-type': 'application/json' }) };
  const answer = await fetch(path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  const content = await answer.json();
  if (!answer.ok) throw new Refused(answer.status, content.error.message);
  return content;
}

/**
 * Listens to the stream of events, and connects again whenever it ends. `EventSource` cannot send the control token, so
 * this reads the stream with `fetch`.
 */
export async function listen({ onEvent, onState }) {
  for (;;) {
    try {
      const answer = await fetch('events', { headers: authorization() });
      if (!answer.ok) throw new Refused(answer.status, (await answer.json()).error.message);
      onState('live');
      await readEvents(answer.body, onEvent);
    } catch (error) {
      if (error instanceof Refused) return onState('refused', error);
    }
    onState('waiting');
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

async function readEvents(body, onEvent) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    const events = text.split('\n\n');
    text = events.pop();
    for (const event of events) {
      const [, name, data] = /^event: (.*)\ndata: (.*)$/.exec(event);
      onEvent(name, JSON.parse(data));
    }
  }
}
