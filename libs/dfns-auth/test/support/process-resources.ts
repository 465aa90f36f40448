/** What keeps the process alive: open sockets and timers. */
export interface ProcessResources {
  sockets: number;
  timers: number;
}

/** Counts the open sockets and timers of this process. */
export function processResources(): ProcessResources {
  const active = process.getActiveResourcesInfo();
  const count = (name: string) => active.filter((resource) => resource === name).length;
  return { sockets: count('TCPSocketWrap'), timers: count('Timeout') };
}

/** Waits until there are no more sockets and timers than `before`, for at most one second. Returns the last count. */
export async function processResourcesAfter(before: ProcessResources): Promise<ProcessResources> {
  const endsAt = performance.now() + 1_000;
  for (;;) {
    const now = processResources();
    if ((now.sockets <= before.sockets && now.timers <= before.timers) || performance.now() > endsAt) return now;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
