// The events of one run, and the answers to what was when.

import { History } from './history.js';
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

  /** @param {Iterable<Event>} [events] */
  constructor(events = []) {
    /** @type {Event[]} every event; `events[seq].seq === seq` */
    this.events = [];
    this.push(events);
  }

  /**
   * Adds events as they arrive, in order. RangeError where one is out of order.
   * @param {Iterable<Event>} events
   */
  push(events) {
    for (const event of events) {
      if (event.seq !== this.events.length) throw new RangeError(`expected event ${this.events.length}, got ${event.seq}`);
      this.#history.push(event);
      this.events.push(event);
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
    const kind = this.events[this.last]?.kind;
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
