// The events of one run, and the answers to what was when.

import { History } from './history.js';
import { Recorded, restsOf } from './recorded.js';
import { Scenes } from './scenes.js';
import { Steps } from './steps.js';

/** @typedef {import('./types.js').State} State */
/** @typedef {import('./types.js').Event} Event */
/** @typedef {import('./types.js').Step} Step */
/** @typedef {import('./types.js').Scene} Scene */

export class Trace {
  #history = new History();
  #scenes = new Scenes();
  #steps = new Steps();

  /** @param {readonly Event[]} [events] */
  constructor(events = []) {
    /** Every event, parsed anew for who asks for it. */
    this.events = new Recorded();
    this.push(events);
  }

  /**
   * Adds events as they arrive, in order. RangeError where one is out of order.
   * @param {readonly Event[]} events @param {string} [json] the text that they are parsed of: kept instead of them, it makes a long run lighter
   */
  push(events, json = '') {
    const rests = json === '' ? [] : restsOf(json, events);
    for (let index = 0; index < events.length; index += 1) {
      const event = events[index];
      if (event.seq !== this.events.length) throw new RangeError(`expected event ${this.events.length}, got ${event.seq}`);
      this.#history.push(event);
      this.events.push(event, rests[index]);
      const scenes = this.scenes.length;
      this.#scenes.push(event, this.#history.state);
      this.#steps.push(event, this.#history.state);
      this.#placeSteps(this.scenes.length > scenes);
    }
  }

  /** Tells steps their scene; a scene may begin some steps before the event that shows that it has begun. @param {boolean} begun */
  #placeSteps(begun) {
    const { from } = this.scenes[this.scenes.length - 1];
    for (let index = this.steps.length - 1; index >= 0; index -= 1) {
      const step = this.steps[index];
      if (index < this.steps.length - 1 && (!begun || step.to < from)) return;
      step.scene = begun ? this.sceneAt(step.to) : this.scenes.length - 1;
    }
  }

  /** The seq of the last event, -1 when there is none. */
  get last() {
    return this.events.length - 1;
  }

  /** Whether the terminal event is in. */
  get complete() {
    const kind = this.events.kindAt(this.last);
    return kind === 'run-finished' || kind === 'run-failed';
  }

  /**
   * The state after event `seq` (-1: before the first; beyond the ends: at the end). It is read-only and moves with the
   * next `at` or `push`, so take from it what you need to keep.
   * @param {number} seq
   * @returns {State}
   */
  at(seq) {
    const state = this.#history.seek(Math.min(Math.max(seq, -1), this.last));
    state.scene = this.sceneAt(state.cursor);
    return state;
  }

  /** The seq of the last event applied to the state that `at` gave. */
  get cursor() {
    return this.#history.state.cursor;
  }

  /**
   * What `look` finds in the state after event `seq`; the cursor stays where it was.
   * @template T
   * @param {number} seq
   * @param {(state: State) => T} look
   * @returns {T}
   */
  peek(seq, look) {
    const { cursor } = this;
    try {
      return look(this.at(seq));
    } finally {
      this.at(cursor);
    }
  }

  /** @returns {Step[]} the teaching steps; step 0 is the empty start */
  get steps() {
    return this.#steps.list;
  }

  /** The index of the teaching step that holds event `seq`. @param {number} seq @returns {number} */
  stepAt(seq) {
    return this.#steps.at(seq);
  }

  /** @returns {Scene[]} */
  get scenes() {
    return this.#scenes.list;
  }

  /** The index of the scene that holds event `seq`. @param {number} seq @returns {number} */
  sceneAt(seq) {
    return this.#scenes.at(seq);
  }
}
