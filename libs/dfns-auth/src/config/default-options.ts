/** The base URL of Europe, and of every official SDK (spec 2). */
export const DEFAULT_BASE_URL = 'https://api.dfns.io';

/** Defaults of `DfnsAuthModuleOptions.http`. */
export const DEFAULT_HTTP = {
  attemptTimeoutMs: 5_000,
  deadlineMs: 15_000,
  maxAttempts: 3,
  maxResponseBytes: 1_048_576,
  maxSockets: 64,
};

/** Defaults of `DfnsAuthModuleOptions.tokens`. */
export const DEFAULT_TOKENS = {
  maxEntries: 10_000,
  leewayMs: 60_000,
  refreshAheadMs: 300_000,
  defaultLifetimeMs: 300_000,
};

/** Defaults of `DfnsAuthModuleOptions.ceremonies`. */
export const DEFAULT_CEREMONIES = {
  lifetimeMs: 600_000,
  maxEntries: 10_000,
};
