import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { HttpService } from '@nestjs/axios';
import type { DfnsAuthConfig } from '../config/dfns-auth-config.js';
import { DirectAxios } from './direct-axios.js';
import { leanAdapter } from './lean.adapter.js';

/**
 * The HTTP client of one registration: its own connections, kept for as long as Dfns keeps them (no idle limit of
 * ours), and none of the conveniences of axios that would read, rewrite or follow anything.
 */
export function createHttpService({ baseUrl, http }: DfnsAuthConfig): HttpService {
  const Agent = baseUrl.startsWith('https:') ? HttpsAgent : HttpAgent;
  const agent = new Agent({ keepAlive: true, maxSockets: http.maxSockets, scheduling: 'lifo' });
  const instance = new DirectAxios(leanAdapter(new URL(baseUrl), http.maxResponseBytes), agent);
  return new HttpService(instance as unknown as HttpService['axiosRef']);
}

/** Closes the connections of an {@link HttpService} made here. */
export function closeHttpService({ axiosRef }: HttpService): void {
  (axiosRef.defaults.httpAgent as HttpAgent | undefined)?.destroy();
}
