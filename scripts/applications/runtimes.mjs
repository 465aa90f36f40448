export const RUNTIMES = {};
