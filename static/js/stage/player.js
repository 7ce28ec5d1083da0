/**
 * The player: where the cursor is, and its moves. It owns no picture; `show` draws and resolves when the picture stands.
 * @typedef {import('../state/trace.js').Trace} Trace
 * @typedef {(cursor: number, how: {animate: boolean, speed: number}) => Promise<void> | void} Show
 */

const DWELL_MS = 420;
const SPEEDS = { least: 0.25, most: 4 };

/**
 * @param {{trace: Trace, show: Show, onChange?: (player: Player) => void, wait?: (milliseconds: number) => Promise<void>, stops?: (index: number) => boolean}} options `stops`: playing ends
 *   at this step
 */
export function createPlayer(options) {
  return new Player(options);
}

export class Player {
  #trace;
  #show;
  #onChange;
  #wait;
  #cursor = -1;
  #playing = false;
  #speed = 1;
  #turn = 0;
  #stops;

  /** @param {{trace: Trace, show: Show, onChange?: (player: Player) => void, wait?: (milliseconds: number) => Promise<void>, stops?: (index: number) => boolean}} options */
  constructor({ trace, show, onChange = () => {}, stops = () => false, wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)) }) {
    this.#trace = trace;
    this.#show = show;
    this.#onChange = onChange;
    this.#wait = wait;
    this.#stops = stops;
  }

  get trace() {
    return this.#trace;
  }

  /** Another run: the cursor stays in range, playing stops. @param {Trace} trace */
  set trace(trace) {
    this.#turn += 1;
    this.#trace = trace;
    this.#playing = false;
    this.#cursor = Math.min(this.#cursor, trace.last);
    this.#onChange(this);
  }

  /** The seq of the last event applied. */
  get cursor() {
    return this.#cursor;
  }

  get playing() {
    return this.#playing;
  }

  get speed() {
    return this.#speed;
  }

  /** A quarter to four times; kept in range. */
  set speed(speed) {
    this.#speed = Math.min(SPEEDS.most, Math.max(SPEEDS.least, Number.isFinite(speed) ? speed : 1));
    this.#onChange(this);
  }

  /** The index of the teaching step at the cursor; -1 before the first. */
  get index() {
    return this.#cursor < 0 || this.#trace.steps.length === 0 ? -1 : this.#trace.stepAt(this.#cursor);
  }

  /** Goes exactly to an event. @param {number} seq @param {{animate?: boolean}} [how] */
  async seek(seq, { animate = false } = {}) {
    this.#stop();
    await this.#go(seq, animate);
  }

  /** Moves by whole teaching steps; a single step forwards is animated. @param {number} [count] */
  async step(count = 1) {
    this.#stop();
    await this.#go(this.#target(count), count === 1);
  }

  /** Plays on to the end; from the end it starts over. Resolves when playing ends. */
  async play() {
    if (this.#playing) return;
    this.#stop();
    const mine = this.#turn;
    this.#playing = true;
    if (this.#cursor >= this.#trace.last) await this.#go(-1, false, mine);
    else this.#onChange(this);
    while (mine === this.#turn && this.#cursor < this.#trace.last) {
      await this.#go(this.#target(1), true, mine);
      if (mine === this.#turn && this.#stops(this.index)) break;
      if (mine === this.#turn && this.#cursor < this.#trace.last) await this.#wait(DWELL_MS / this.#speed);
    }
    if (mine !== this.#turn) return;
    this.#playing = false;
    this.#onChange(this);
  }

  /** Stops where it is: the picture goes to the end of its step. */
  async pause() {
    if (!this.#playing) return;
    this.#stop();
    await this.#go(this.#cursor, false);
  }

  #stop() {
    this.#turn += 1;
    this.#playing = false;
  }

  /** @param {number} count @returns {number} */
  #target(count) {
    const steps = this.#trace.steps;
    if (steps.length === 0) return this.#trace.last;
    const here = this.index;
    const inside = here >= 0 && this.#cursor < steps[here].to;
    const index = here + count - (inside && count > 0 ? 1 : 0);
    return index < 0 ? -1 : steps[Math.min(index, steps.length - 1)].to;
  }

  /** @param {number} seq @param {boolean} animate @param {number} [mine] */
  async #go(seq, animate, mine = this.#turn) {
    if (mine !== this.#turn) return;
    this.#cursor = Math.max(-1, Math.min(this.#trace.last, Math.round(seq)));
    this.#onChange(this);
    await this.#show(this.#cursor, { animate, speed: this.#speed });
  }
}
