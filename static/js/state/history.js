// The state at any event: every change is kept with what it replaced, so that seeking is applying or taking back, never reducing again.

import { APPEND } from './changes.js';
import { emptyState, reduce } from './reduce.js';

/** @typedef {import('./types.js').State} State */
/** @typedef {import('./types.js').Event} Event */

const ABSENT = Symbol('absent');

export class History {
  constructor() {
    /** The one state; `seek` moves it. */
    this.state = emptyState();
    /** @type {any[]} four entries a change: target, key, value, what was there before */
    this.log = [];
    /** @type {number[]} where in the log the changes of event i end */
    this.ends = [];
  }

  /** How many events are known. */
  get length() {
    return this.ends.length;
  }

  /** Reduces one more event; the state stands after it. @param {Event} event */
  push(event) {
    this.seek(this.length - 1);
    for (const [target, key, value] of reduce(this.state, event)) {
      this.log.push(target, key, value, write(target, key, value));
    }
    this.ends.push(this.log.length);
    this.state.cursor = this.length - 1;
  }

  /** Moves the state to after event `seq` (-1: before the first). @param {number} seq @returns {State} */
  seek(seq) {
    const { log, state } = this;
    let position = state.cursor < 0 ? 0 : this.ends[state.cursor];
    const goal = seq < 0 ? 0 : this.ends[seq];
    for (; position < goal; position += 4) write(log[position], log[position + 1], log[position + 2]);
    for (; position > goal; position -= 4) unwrite(log[position - 4], log[position - 3], log[position - 1]);
    state.cursor = seq;
    return state;
  }
}

/** @param {any} target @param {any} key @param {any} value @returns {any} what was there before */
function write(target, key, value) {
  if (key === APPEND) {
    target.push(value);
    return ABSENT;
  }
  if (target instanceof Map) {
    const before = target.has(key) ? target.get(key) : ABSENT;
    target.set(key, value);
    return before;
  }
  const before = target[key];
  target[key] = value;
  return before;
}

/** @param {any} target @param {any} key @param {any} before */
function unwrite(target, key, before) {
  if (key === APPEND) target.pop();
  else if (!(target instanceof Map)) target[key] = before;
  else if (before === ABSENT) target.delete(key);
  else target.set(key, before);
}
