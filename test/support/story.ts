import { it } from '@jest/globals';

/**
 * Returns a function that adds the steps of one story as tests. Each step runs once, after all earlier steps, also when
 * Jest runs the tests in another order. When a step fails, the later steps fail too.
 */
export function story(): (name: string, step: () => Promise<void>) => void {
  const steps: (() => Promise<void>)[] = [];
  return (name, step) => {
    const position = steps.push(once(step));
    it(name, async () => {
      for (const each of steps.slice(0, position)) await each();
    }, 60_000);
  };
}

/** Returns a function that runs `step` at its first call, and returns the same promise at all later calls. */
function once(step: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined;
  return () => {
    result ??= step();
    return result;
  };
}
