import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { Refusal } from '../errors/refusals.js';
import type { DfnsRequest } from '../server/dfns-request.js';

/**
 * Decides who may control the sandbox. A web page that a developer visits must not: its requests have another `Origin`
 * or, with DNS rebinding, another `Host`.
 */
@Injectable()
export class ControlAccess {
  constructor(private readonly config: SandboxConfig) {}

  /** For the files of the console, which hold no data. @throws Refusal 403 */
  expectAllowedHost({ headers }: DfnsRequest): void {
    const { host, controlToken } = this.config;
    if (isLoopback(host)) {
      if (isLoopback(hostnameOf(headers.host))) return;
      throw new Refusal(403, `Control is open for loopback hosts only, and not for the host "${headers.host}".`);
    }
    if (controlToken !== undefined) return;
    throw new Refusal(403, `Control is off, because the sandbox listens on ${host}. Start it with --control-token.`);
  }

  /** For everything else. @throws Refusal 403, or 401 if the control token is missing or wrong */
  expectAllowed(request: DfnsRequest): void {
    this.expectAllowedHost(request);
    const { headers, method, bodyText } = request;
    if (isForeign(headers)) throw new Refusal(403, 'Control is not open for other web sites.');
    const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
    if (method !== 'GET' && (bodyText || type) && type !== 'application/json') {
      throw new Refusal(415, 'Control reads JSON only, with "Content-Type: application/json".');
    }
    const bearer = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
    const { controlToken } = this.config;
    if (controlToken === undefined || isSame(bearer, controlToken)) return;
    throw new Refusal(401, 'Control needs the control token: "Authorization: Bearer …".');
  }
}

/** Whether a page of another origin sent the request. Browsers say so, and no script can change it. */
function isForeign({ origin, host, 'sec-fetch-site': site }: DfnsRequest['headers']): boolean {
  if (origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host?.toLowerCase())) return true;
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

/** Whether a hostname names this machine only. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|(.+\.)?localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i.test(hostname);
}

function hostnameOf(host = ''): string {
  return URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
}

const digest = (text: string) => createHash('sha256').update(text).digest();
const isSame = (one: string, other: string) => timingSafeEqual(digest(one), digest(other));
