/**
 * Runs that follow the program as it changes: the newest text runs at once, one at a time. A run that is under way is given a moment to
 * end, for it is mostly quicker to let it end than to stop it; texts that were overtaken meanwhile never run.
 * @typedef {(milliseconds: number) => Promise<void>} Wait
 */

const GIVEN = 250;

/** @type {Wait} */
const rest = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * @param {{idle: () => Promise<unknown>, start: () => void}} runs `idle` resolves when no run is under way; `start` runs the newest text
 * @param {Wait} [wait]
 */
export function createLive({ idle, start }, wait = rest) {
  let turn = 0;
  let waiting = false;

  return {
    /** The program has changed. */
    async ask() {
      if (waiting) return;
      waiting = true;
      const mine = (turn += 1);
      await Promise.race([idle(), wait(GIVEN)]);
      if (mine !== turn) return;
      waiting = false;
      start();
    },
    /** Nothing runs on its own any more until the program changes again. */
    cancel() {
      turn += 1;
      waiting = false;
    },
  };
}
