/**
 * Time for films: a motion is drawn at the times of the film's own frames, each waiting until it is taken, however long that takes.
 * @typedef {import('./frames.js').Animation} Animation
 */

/** @implements {Animation} */
export class Filming {
  #take;
  #every;
  /** How far the next frame lies behind the beginning of the next motion. */
  #ahead = 0;

  /** @param {number} rate frames a second @param {(index: number, same: boolean) => Promise<void>} take the picture stands: take it; `same`: it is the one that was taken last */
  constructor(rate, take) {
    this.#every = 1000 / rate;
    this.#take = take;
  }

  /** How many frames were taken. */
  count = 0;

  /** @param {number} duration @param {(time: number) => void} draw @param {() => number} speed */
  async run(duration, draw, speed) {
    const length = duration / speed();
    let time = this.#ahead;
    for (; time < length; time += this.#every) {
      draw(time * speed());
      await this.#frame(false);
    }
    draw(duration);
    this.#ahead = Math.max(0, time - length);
    return true;
  }

  /** The picture stays as it is for some time. @param {number} duration in milliseconds of the film */
  async rest(duration) {
    let time = this.#ahead;
    for (let same = false; time < duration; time += this.#every, same = true) await this.#frame(same);
    this.#ahead = Math.max(0, time - duration);
  }

  /** @param {boolean} same */
  async #frame(same) {
    await this.#take(this.count, same);
    this.count += 1;
  }

  /** The stage stops a motion before it begins the next one; a film does not. */
  stop() {}
}
