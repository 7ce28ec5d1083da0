// The state at any event: every change is kept with what it replaced, so that seeking is applying or taking back, never reducing again.

import { Changes, Gist } from './changes.js';
import { emptyState, reduce } from './reduce.js';

/** @typedef {import('./types.js').State} State */
/** @typedef {import('./types.js').Event} Event */

/** Far ways go by whole blocks of events, of which only what they leave behind is applied or taken back. */
const BLOCK = 1000;

export class History {
  /** What the events of each whole block change. @type {Changes[]} */
  #logs = [];
  /** What each whole block leaves behind. @type {Changes[]} */
  #blocks = [];
  /** What the events after these change. */
  #open = new Changes();
  #gist = new Gist();
  /** Where the changes of each event end in the log of its block. @type {number[]} */
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
    const from = this.#open.end;
    reduce(this.state, event, this.#open);
    this.#open.tellTo(this.#gist, from);
    this.#open.apply(from);
    this.#ends.push(this.#open.end);
    this.state.cursor = this.length - 1;
    if (this.length % BLOCK > 0) return;
    this.#logs.push(this.#open.taken());
    this.#blocks.push(this.#gist.changes.taken());
    this.#gist = new Gist();
  }

  /**
   * Moves the state to after event `seq` (-1: before the first). What came into being in a block that is taken back stays as it is at the block's end; so each block but the
   * last, which still grows, is entered and left there.
   * @param {number} seq @returns {State}
   */
  seek(seq) {
    const { state } = this;
    const whole = this.#logs.length;
    const [here, there] = [state.cursor + 1, seq + 1];
    const [from, to] = [blockOf(here), blockOf(there)];
    const door = (/** @type {number} */ block) => Math.min(block + 1, whole) * BLOCK;
    if (from === to) this.#walk(here, there);
    else {
      this.#walk(here, door(from));
      for (let block = Math.min(from, whole - 1); block > to; block -= 1) this.#blocks[block].takeBack();
      for (let block = from + 1; block <= Math.min(to, whole - 1); block += 1) this.#blocks[block].apply();
      this.#walk(door(to), there);
    }
    state.cursor = seq;
    return state;
  }

  /** Event by event, within a block. @param {number} here how many events are applied @param {number} there how many shall be */
  #walk(here, there) {
    if (there === here) return;
    const block = blockOf(Math.max(here, there));
    const end = (/** @type {number} */ count) => (count === block * BLOCK ? 0 : this.#ends[count - 1]);
    const log = this.#logs[block] ?? this.#open;
    if (there > here) log.apply(end(here), end(there));
    else log.takeBack(end(there), end(here));
  }
}

/** The block whose events were the last to be applied; -1 where none were. @param {number} count of events that are applied */
function blockOf(count) {
  return Math.ceil(count / BLOCK) - 1;
}
