/** Milliseconds since 1970. Tests drive it by overriding the provider; everything that reads the time reads it here. */
export type Clock = () => number;

/** Injection token of the {@link Clock}. */
export const DFNS_CLOCK = Symbol.for('nestjs-dfns-auth/clock');
