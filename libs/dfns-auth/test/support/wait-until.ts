/** Waits until the condition is true, and checks it once in each turn of the event loop. The time limit of the test ends it. */
export async function waitUntil(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise(setImmediate);
}
