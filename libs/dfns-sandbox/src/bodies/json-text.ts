/** Parses the text of a JSON object. @throws Error for any other text */
export function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error('not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('not a JSON object');
  return { ...value };
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/**
 * Finds a member in the text of a JSON object, and returns the exact text of its value, with all white space inside.
 * The text must be valid JSON. If the name occurs twice, the last member counts, as in `JSON.parse`.
 */
export function memberText(json: string, name: string): string | undefined {
  let found: string | undefined;
  let depth = 0;
  let member: string | undefined;
  let start = -1;
  for (const { 0: token, index } of json.matchAll(TOKEN)) {
    if (depth === 1) {
      if (token === ',' || token === '}') {
        if (member === name && start > 0) found = json.slice(start, index).trim();
        member = undefined;
        start = -1;
      } else if (token === ':') start = index + 1;
      else member ??= JSON.parse(token);
    }
    if (token === '{' || token === '[') depth += 1;
    if (token === '}' || token === ']') depth -= 1;
  }
  return found;
}
