// The state at any event: every change is kept with what it replaced, so that seeking is applying or taking back, never reducing again.

import { Changes } from './changes.js';
import { emptyState, reduce } from './reduce.js';

/** @typedef {import('./types.js').State} State */
/** @typedef {import('./types.js').Event} Event */

export class History {
  #changes = new Changes();
  /** Where the changes of event i end. @type {number[]} */
  #ends = [];

  constructor() {
    /** The one state; `seek` moves it. */
    this.state = emptyState();
  }

  /** How many events are known. */
  get length() {
    return this.#ends.length;
  }

  /** Reduces one more event; the state stands after it. @param {Event} event */
  push(event) {
    this.seek(this.length - 1);
    const from = this.#changes.end;
    reduce(this.state, event, this.#changes);
    this.#changes.apply(from, this.#changes.end);
    this.#ends.push(this.#changes.end);
    this.state.cursor = this.length - 1;
  }

  /** Moves the state to after event `seq` (-1: before the first). @param {number} seq @returns {State} */
  seek(seq) {
    const { state } = this;
    const here = this.#end(state.cursor);
    const there = this.#end(seq);
    if (there > here) this.#changes.apply(here, there);
    else this.#changes.takeBack(there, here);
    state.cursor = seq;
    return state;
  }

  /** @param {number} seq */
  #end(seq) {
    return seq < 0 ? 0 : this.#ends[seq];
  }
}
