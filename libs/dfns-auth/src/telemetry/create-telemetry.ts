import type { DfnsAuthConfig } from '../config/dfns-auth-config.js';
import { loadOpenTelemetry } from './open-telemetry.js';
import { Telemetry } from './telemetry.js';

/** The telemetry of one registration. */
export async function createTelemetry({ orgId }: DfnsAuthConfig): Promise<Telemetry> {
  return new Telemetry(await loadOpenTelemetry(), orgId);
}
