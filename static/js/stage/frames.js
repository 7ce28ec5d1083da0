/**
 * The one animation loop. Time runs at a speed that may change while it runs; what is drawn depends on the time alone.
 * @typedef {{run: (duration: number, draw: (time: number) => void, speed: () => number) => Promise<boolean>, stop: () => void}} Animation  what draws a motion from its start to its end
 * @typedef {{duration: number, draw: (time: number) => void, resolve: (finished: boolean) => void, time: number, speed: () => number}} Run
 */

const LONGEST_FRAME = 100;

/** @implements {Animation} */
export class Frames {
  /** @type {Run | null} */
  #run = null;
  #request = 0;
  #last = 0;

  /**
   * Draws from time 0 to the duration (ms); what ran before is stopped where it stands. Resolves true at the end, false when stopped.
   * @param {number} duration
   * @param {(time: number) => void} draw
   * @param {() => number} speed
   * @returns {Promise<boolean>}
   */
  run(duration, draw, speed) {
    this.stop();
    return new Promise((resolve) => {
      this.#run = { duration, draw, resolve, time: 0, speed };
      this.#last = performance.now();
      draw(0);
      this.#request = requestAnimationFrame((now) => this.#frame(now));
    });
  }

  stop() {
    cancelAnimationFrame(this.#request);
    const run = this.#run;
    this.#run = null;
    run?.resolve(false);
  }

  /** @param {number} now */
  #frame(now) {
    const run = this.#run;
    if (!run) return;
    run.time += Math.min(LONGEST_FRAME, Math.max(0, now - this.#last)) * run.speed();
    this.#last = now;
    run.draw(Math.min(run.time, run.duration));
    if (run.time < run.duration) {
      this.#request = requestAnimationFrame((next) => this.#frame(next));
      return;
    }
    if (this.#run === run) this.#run = null;
    run.resolve(true);
  }
}
