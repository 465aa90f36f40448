import { createHash } from 'node:crypto';
import Sequencer from '@jest/test-sequencer';

/** Runs the spec files in an order that depends only on the seed, as `randomize` does for the tests of a file. */
export default class ShuffledFiles extends Sequencer {
  #seed;

  constructor(options) {
    super(options);
    this.#seed = options.globalConfig.seed;
  }

  sort(tests) {
    const places = new Map([...tests].map((test) => [test, this.#place(test.path)]));
    return [...places.keys()].sort((a, b) => (places.get(a) < places.get(b) ? -1 : 1));
  }

  #place(path) {
    return createHash('sha256').update(`${this.#seed} ${path}`).digest('hex');
  }
}
