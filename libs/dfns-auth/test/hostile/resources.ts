/** What keeps a process alive: sockets in use or kept, and timers. */
export interface Resources {
  sockets: number;
  timers: number;
}

export function resources(): Resources {
  const active = process.getActiveResourcesInfo();
  const count = (name: string) => active.filter((resource) => resource === name).length;
  return { sockets: count('TCPSocketWrap'), timers: count('Timeout') };
}

/** Resources once they are back to `before` or below, or as they are after a second. */
export async function resourcesAfter(before: Resources): Promise<Resources> {
  const endsAt = performance.now() + 1_000;
  for (;;) {
    const now = resources();
    if ((now.sockets <= before.sockets && now.timers <= before.timers) || performance.now() > endsAt) return now;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
