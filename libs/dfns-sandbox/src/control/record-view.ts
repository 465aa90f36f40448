import type { CallRecord, ReceivedRequest } from '../journal/call-record.js';
import type { SecretVault } from './secret-vault.js';

const MAX_BODY_CHARACTERS = 32 * 1024;
const SECRET_HEADERS = ['authorization', 'x-dfns-useraction', 'cookie'];

/** A request with its checks, as JSON with shortened secrets. */
export function recordView({ request, ...record }: CallRecord, vault: SecretVault) {
  const { headers, body, ...rest } = request;
  return vault.conceal({
    ...record,
    request: { ...rest, headers: headersView(headers, vault), body: body.slice(0, MAX_BODY_CHARACTERS) },
  });
}

/** These headers are secrets whatever they look like. */
function headersView(headers: ReceivedRequest['headers'], vault: SecretVault): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      const text = String(value);
      if (!SECRET_HEADERS.includes(name)) return [name, text];
      const [, scheme = '', secret = ''] = /^(Bearer )?(.*)$/is.exec(text) ?? [];
      return [name, secret && scheme + vault.concealSecret(secret)];
    }),
  );
}
